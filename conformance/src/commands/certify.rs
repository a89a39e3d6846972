//! `certify`: examines the whole requirement set with a fresh seed, and makes the certificate, or refuses with every reason.

use super::examine::{self, Afterwards, Examination, Examined, SnapshotUse};
use super::port::Program;
use super::say::Stdout;
use super::stage::{SPOOL, Spool};
use super::started::Started;
use super::{KIT_FAILED, USAGE, Usage, seed, set};
use crate::certificate::bundle::{self, LONGEST_RECORDING, Run};
use crate::certificate::key::PrivateKey;
use crate::certificate::verify::{Outcome, verify};
use crate::certificate::{Publication, admission, secrets};
use crate::cli::CertifyArgs;
use crate::config::Config;
use crate::config::value::Seed;
use crate::judge;
use crate::plan;
use crate::probe::RangeSettings;
use crate::requirements::RequirementSet;
use crate::run::Gathered;
use crate::scenario;
use crate::snapshot::slug;
use crate::whole;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) async fn certify(args: CertifyArgs) -> Result<ExitCode, Usage> {
    let key = private_key(&args.key)?;
    let set = set(&args.set)?;
    let config = Config::load(&args.config).map_err(|e| Usage(e.to_string()))?;
    let text = fs::read_to_string(&args.config).map_err(|e| Usage(e.to_string()))?;
    let publication =
        if args.not_for_publication { Publication::NotForPublication } else { Publication::Published };
    let out = args.out.clone().unwrap_or_else(|| usual_name(&config, publication));
    if out.exists() {
        let out = out.display();
        return Err(Usage(format!("{out} is there already\nhelp: --out names another file")));
    }
    let spool = if args.include_recordings { Spool::Stays } else { Spool::Goes };
    let stdout = Stdout::People;
    let examination =
        Examination { spool, ..whole(config, seed(Seed::Random), set, args.run.clone(), stdout) };
    let reasons = admission::beforehand(&examination.premises(&Gathered::default()));
    if !reasons.is_empty() {
        return Ok(refused(&reasons, USAGE));
    }
    let Examined { dir, evidence, premises, results, secrets: known } = examine::examine(examination).await?;
    let recordings = recordings(&dir.path, bundle::wanted(&evidence));
    let _ = fs::remove_dir_all(dir.path.join(SPOOL));
    let recordings = recordings.map_err(|error| {
        Usage(format!("the recordings in {} cannot be read: {error}", dir.path.display()))
    })?;
    let mut reasons = admission::afterwards(&evidence, &premises, &results, publication);
    let configuration = secrets::cut_configuration(&known.cut_text(&text));
    let seed = evidence.run.seed;
    let run = Run { evidence, premises, configuration, recordings, publication };
    let files = bundle::files(&run, &results);
    let mut hits = secrets::scan(&files, seed);
    hits.extend(
        files
            .iter()
            .filter(|(_, bytes)| known.stand_in(&String::from_utf8_lossy(bytes)))
            .map(|(file, _)| secrets::Hit { file: file.clone(), kind: "a secret of this run".to_owned() }),
    );
    reasons.extend(hits.iter().map(|hit| format!("{} stands in {}", hit.kind, hit.file)));
    if !reasons.is_empty() {
        return Ok(refused(&reasons, results.standing.exit.max(1)));
    }
    let bytes = bundle::seal(files, &results, (set, publication), &key);
    // Nobody is handed what the kit itself would refuse.
    let verification = verify(&bytes, &key.public());
    if verification.outcome != Outcome::Verified {
        for fault in verification.faults {
            eprintln!("conformance: {}: {}", fault.place, fault.what);
        }
        eprintln!(
            "conformance: the certificate cannot be verified by the kit that made it; this is a defect of the kit"
        );
        return Ok(ExitCode::from(KIT_FAILED));
    }
    whole::write(&out, &bytes)
        .map_err(|error| Usage(format!("{} cannot be written: {error}", out.display())))?;
    if publication == Publication::NotForPublication {
        println!("NOT FOR PUBLICATION: this certificate was made to try the way; it certifies nothing");
    }
    println!(
        "certificate: {} ({} MiB, SHA-256 {})",
        out.display(),
        bytes.len() >> 20,
        verification.archive_sha256
    );
    println!(
        "verify it:   conformance verify {} --key {}   (key id {})",
        out.display(),
        public_key(&args.key),
        key.public().id()
    );
    Ok(ExitCode::SUCCESS)
}

/// The examination that a certificate is made of, and the one that is compared with it: all of it, nothing left out.
pub(super) fn whole(
    config: Config,
    seed: u64,
    set: RequirementSet,
    out: Option<PathBuf>,
    stdout: Stdout,
) -> Examination {
    let terms =
        judge::Terms { profiles: config.profiles.require.clone(), set: Some(set), ..judge::Terms::default() };
    Examination {
        browser: None,
        started: Started::now(),
        seed,
        config,
        program: Program::Theirs,
        scenarios: scenario::select(scenario::embedded(), &[], false).expect("nobody is named"),
        terms,
        strict: false,
        filtered: false,
        shard: None,
        snapshots: SnapshotUse::None("a certificate has none"),
        snapshot_dir: PathBuf::new(),
        ranges: RangeSettings { thorough: true, ..RangeSettings::default() },
        out,
        stdout,
        spool: Spool::Goes,
        afterwards: Afterwards::Stop,
    }
}

fn private_key(path: &Path) -> Result<PrivateKey, Usage> {
    let name = path.display();
    let help = "help: `conformance keygen` makes a key pair; --key names the private one";
    let text = fs::read_to_string(path).map_err(|e| Usage(format!("{name} cannot be read: {e}\n{help}")))?;
    PrivateKey::from_pem(&text).map_err(|e| Usage(format!("{name} is no private key: {e}\n{help}")))
}

/// One that certifies nothing is neither mistaken for the other nor in its way.
fn usual_name(config: &Config, publication: Publication) -> PathBuf {
    let identity = &config.integration;
    let name = slug(&format!("{} {}", identity.product, identity.version));
    let kind = match publication {
        Publication::Published => "conformance",
        Publication::NotForPublication => "not-for-publication",
    };
    PathBuf::from(format!("{name}.{kind}.tar"))
}

/// The public key beside the private one, where `keygen` left it.
fn public_key(private: &Path) -> String {
    let mut beside = private.as_os_str().to_owned();
    beside.push(".pub");
    let beside = PathBuf::from(beside);
    if beside.is_file() { beside.display().to_string() } else { "PUBLIC-KEY".to_owned() }
}

/// The recordings that the evidence speaks of: those that the kit made, and those that were left in the spool.
fn recordings<'a>(
    dir: &Path,
    wanted: impl Iterator<Item = &'a str>,
) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let wanted: Vec<_> = wanted.collect();
    let mut found = BTreeMap::new();
    for folder in [plan::RECORDINGS, SPOOL] {
        let Ok(entries) = fs::read_dir(dir.join(folder)) else { continue };
        for entry in entries {
            let path = entry?.path();
            if !path.is_file() || fs::metadata(&path)?.len() > LONGEST_RECORDING {
                continue;
            }
            let bytes = fs::read(&path)?;
            let hash = bundle::sha256(&bytes);
            if wanted.contains(&hash.as_str()) {
                found.insert(hash, bytes);
            }
        }
    }
    Ok(found)
}

fn refused(reasons: &[String], exit: u8) -> ExitCode {
    let count = if reasons.len() == 1 { "1 reason".to_owned() } else { format!("{} reasons", reasons.len()) };
    eprintln!("conformance: no certificate, for {count}:");
    for reason in reasons {
        eprintln!("- {}", reason.replace('\n', "\n  "));
    }
    ExitCode::from(exit)
}
