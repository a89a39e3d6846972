//! `keygen`: a key pair for `certify`.

use super::Usage;
use crate::certificate::key::PrivateKey;
use crate::cli::KeygenArgs;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) fn keygen(args: &KeygenArgs) -> Result<ExitCode, Usage> {
    let private = &args.file;
    let public = public_of(private);
    if public.exists() {
        return Err(there_already(&public));
    }
    let key = PrivateKey::generate().map_err(|error| Usage(error.to_string()))?;
    write(private, &key.pem(), 0o600)?;
    write(&public, &key.public().pem(), 0o644)?;
    println!("private key: {} (keep it to yourself: whoever has it can sign as you)", private.display());
    println!("public key:  {} (give it to whoever verifies)", public.display());
    println!("key id:      {}", key.public().id());
    Ok(ExitCode::SUCCESS)
}

fn public_of(private: &Path) -> PathBuf {
    let mut name = private.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn there_already(path: &Path) -> Usage {
    Usage(format!(
        "{} is there already, and a key is never overwritten\nhelp: `conformance keygen FILE` names another",
        path.display()
    ))
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), Usage> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => there_already(path),
        _ => Usage(format!("{} cannot be written: {error}", path.display())),
    })
}
