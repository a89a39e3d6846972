//! Hostile archives: each is refused with a sentence, and nothing is written anywhere.

use super::{ArchiveFault, Files, MOST_OF_ONE, pack, unpack};
use tar::{Builder, EntryType, Header};

fn files() -> Files {
    Files::from([("a.txt".into(), b"hello".to_vec()), ("bodies/b".into(), vec![7; 600])])
}

/// An archive with one entry, whose header somebody spoiled.
fn with(kind: EntryType, name: &[u8], size: u64, spoil: impl Fn(&mut Header)) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    spoil(&mut header);
    header.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&header, vec![b'x'; size.min(4) as usize].as_slice()).unwrap();
    builder.into_inner().unwrap()
}

fn plain(name: &str) -> Vec<u8> {
    with(EntryType::Regular, name.as_bytes(), 4, |_| {})
}

#[test]
fn what_was_packed_is_unpacked_and_the_same_files_give_the_same_bytes() {
    let bytes = pack(&files());
    assert_eq!(bytes, pack(&files()));
    assert_eq!(unpack(&bytes), Ok(files()));
    assert_eq!(
        unpack(&plain("a")).map(|files| files.len()),
        Ok(1),
        "the hostile ones below differ in one thing"
    );
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../a",
        "/etc/passwd",
        "a/../../b",
        "a/./b",
        "./a",
        "a//b",
        "a/",
        "A",
        "a b",
        "c:a",
        "a\\b",
        ".hidden",
        "-rf",
        "a/b/c",
        "a.",
        "é",
        "con\u{202e}txt",
        "a\u{7f}",
    ] {
        let refused = unpack(&plain(name));
        assert!(matches!(refused, Err(ArchiveFault::Name(_))), "{name}: {refused:?}");
    }
    for name in [&b"\xff\xfe"[..], b"a\xc0\xaf", b""] {
        let refused = unpack(&with(EntryType::Regular, name, 4, |_| {}));
        assert!(matches!(refused, Err(ArchiveFault::Name(_))), "{name:?}: {refused:?}");
    }
    let long = unpack(&with(EntryType::Regular, &[b'a'; 100], 4, |header| {
        header.as_ustar_mut().unwrap().prefix[..120].fill(b'b');
    }));
    assert!(matches!(long, Err(ArchiveFault::Name(_))), "{long:?}");
}

#[test]
fn links_folders_devices_and_extensions_are_refused() {
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::Block,
        EntryType::GNUSparse,
        EntryType::GNULongName,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::Continuous,
        EntryType::new(b'Z'),
    ] {
        let refused = unpack(&with(kind, b"a", 4, |header| {
            header.as_mut_bytes()[157..168].copy_from_slice(b"/etc/passwd");
        }));
        assert!(matches!(refused, Err(ArchiveFault::Kind { .. })), "{kind:?}: {refused:?}");
        assert!(refused.unwrap_err().to_string().starts_with("a is "));
    }
}

#[test]
fn bombs_and_lies_about_sizes_are_refused_before_anything_is_allocated() {
    let claimed = |size: u64| unpack(&with(EntryType::Regular, b"a", size, |_| {}));
    assert!(matches!(claimed(MOST_OF_ONE + 1), Err(ArchiveFault::Huge { .. })));
    assert!(matches!(claimed(1 << 40), Err(ArchiveFault::Huge { .. })));
    assert!(matches!(claimed(u64::MAX), Err(ArchiveFault::Huge { .. } | ArchiveFault::Unreadable(_))));
    assert!(matches!(claimed(MOST_OF_ONE), Err(ArchiveFault::Unreadable(_))), "there are 4 bytes");
    let nonsense = with(EntryType::Regular, b"a", 4, |header| {
        header.as_mut_bytes()[124..136].fill(b'9');
    });
    assert!(unpack(&nonsense).is_err());
}

#[test]
fn other_formats_are_named() {
    for (bytes, word) in [
        (&b"\x1f\x8b\x08\0\0"[..], "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"{}", "JSON"),
        (b"", "empty"),
    ] {
        let sentence = unpack(bytes).unwrap_err().to_string();
        assert!(sentence.contains(word), "{sentence}");
    }
    assert!(unpack(b"hello").is_err());
    assert!(unpack(&[0; 1024]).unwrap_err().to_string().contains("no file in it"));
    assert!(unpack(&[b'a'; 4096]).is_err());
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    let once = plain("a");
    let twice = [&once[..1024], &once].concat();
    assert_eq!(unpack(&twice), Err(ArchiveFault::Twice("a".into())));
}

#[test]
fn every_other_spelling_of_the_same_files_is_refused() {
    let bytes = pack(&files());
    let form = |bytes: &[u8]| match unpack(bytes) {
        Err(ArchiveFault::Form(place)) => place,
        other => panic!("{other:?}"),
    };
    assert_eq!(form(&[bytes.as_slice(), b"hidden"].concat()), "its end");
    assert_eq!(form(&[bytes.as_slice(), &pack(&files())].concat()), "its end");
    assert_eq!(form(&bytes[..bytes.len() - 512]), "its end");
    let mut padded = bytes.clone();
    padded[512 + 100] = 1;
    assert_eq!(form(&padded), "what follows a.txt");
    let dated = with(EntryType::Regular, b"a", 4, |header| header.set_mtime(1));
    assert_eq!(form(&dated), "the header of a");
    let owned = with(EntryType::Regular, b"a", 4, |header| header.set_uid(1));
    assert_eq!(form(&owned), "the header of a");
    let executable = with(EntryType::Regular, b"a", 4, |header| header.set_mode(0o755));
    assert_eq!(form(&executable), "the header of a");
    let (a, b) = (plain("a"), plain("b"));
    assert_eq!(form(&[&b[..1024], &a].concat()), "the header of a", "the order is the one of the names");
}

#[test]
fn every_changed_bit_of_a_header_is_refused() {
    let bytes = pack(&files());
    for at in (0..512).chain(1024..1536) {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(unpack(&changed).is_err(), "byte {at}, bit {bit}");
        }
    }
}
