//! `verify`: a certificate from somebody else, offline; with `--rerun` against the live integration too.

use super::certify::whole;
use super::examine;
use super::say::Stdout;
use super::{Usage, set};
use crate::certificate::archive::MOST_BYTES;
use crate::certificate::key::PublicKey;
use crate::certificate::rerun::{self, Comparison};
use crate::certificate::verify::{Outcome, Verification, verify as verified};
use crate::certificate::{Face, Publication};
use crate::cli::VerifyArgs;
use crate::config::Config;
use crate::config::value::Seed;
use crate::results::Results;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// The kit that can say is another one.
const INCOMPLETE: u8 = 3;

pub(super) async fn verify(args: VerifyArgs) -> Result<ExitCode, Usage> {
    let key = public_key(&args.key)?;
    let bytes = read(&args.bundle)?;
    let verification = verified(&bytes, &key);
    if !args.json {
        tell(&args.bundle, &verification, &key);
    }
    let mut exit = match verification.outcome {
        Outcome::Verified => 0,
        Outcome::Refused => 1,
        Outcome::OtherKit => INCOMPLETE,
    };
    let mut found = serde_json::to_value(&verification).expect("a verification is plain data");
    if let (true, 0, Some(face), Some(results)) =
        (args.rerun, exit, &verification.certificate, &verification.results)
    {
        let comparison;
        (comparison, exit) = again(&args, face, results).await?;
        found["rerun"] = serde_json::to_value(comparison).expect("a comparison is plain data");
    }
    if args.json {
        println!("{found:#}");
    }
    Ok(ExitCode::from(exit))
}

fn public_key(path: &Path) -> Result<PublicKey, Usage> {
    let name = path.display();
    let help = "help: --key names the public key of whoever made the certificate; `conformance keygen` wrote it as FILE.pub";
    let text = fs::read_to_string(path).map_err(|e| Usage(format!("{name} cannot be read: {e}\n{help}")))?;
    PublicKey::from_pem(&text).map_err(|e| Usage(format!("{name} is no public key: {e}\n{help}")))
}

fn read(path: &Path) -> Result<Vec<u8>, Usage> {
    let name = path.display();
    let unreadable = |e: std::io::Error| Usage(format!("{name} cannot be read: {e}"));
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return Err(Usage(format!(
            "{name} is no certificate: it is {}",
            if about.is_file() { "larger than any" } else { "no file" }
        )));
    }
    fs::read(path).map_err(unreadable)
}

fn tell(bundle: &Path, verification: &Verification, key: &PublicKey) {
    let name = bundle.display();
    match verification.outcome {
        Outcome::Verified => println!("verified: {name}"),
        Outcome::OtherKit => println!("not verified: {name}"),
        Outcome::Refused => println!("REFUSED: {name}"),
    }
    for fault in &verification.faults {
        println!("- {}: {}", fault.place, fault.what.replace('\n', "\n  "));
    }
    let (Some(face), Some(results)) = (&verification.certificate, &verification.results) else { return };
    if verification.outcome != Outcome::Verified {
        return;
    }
    if face.publication == Publication::NotForPublication {
        println!("NOT FOR PUBLICATION: it was made to try the way, and certifies nothing");
    }
    let profiles: Vec<_> = face.profiles.iter().map(|profile| profile.name()).collect();
    println!(
        "  {} {}, {}",
        face.integration.product, face.integration.version, face.integration.organization
    );
    println!("  {}", results.standing.sentence);
    println!(
        "  profiles {}; set {}; seed {}; {}",
        profiles.join(", "),
        face.set.name,
        face.seed,
        face.examined
    );
    println!("  signed with {}", key.id());
    for sentence in &face.attested {
        println!("  attested: {sentence}");
    }
    for (check, reasons) in &face.not_applicable {
        println!("  not applicable: {check}: {}", reasons.join("; "));
    }
    for sentence in &face.waived {
        println!("  waived: {sentence}");
    }
    println!(
        "It shows that the verdicts follow from the evidence, not that whoever ran the kit was honest: --rerun, or run it yourself."
    );
}

/// Asks the live integration the same again; what differs, and the exit code.
async fn again(args: &VerifyArgs, face: &Face, before: &Results) -> Result<(Comparison, u8), Usage> {
    let config = Config::load(&args.config).map_err(|e| Usage(e.to_string()))?;
    if config.profiles.require != face.profiles || config.ranges.cases != face.cases {
        return Err(Usage(format!(
            "{} asks for other profiles or another number of random ranges than the certificate\nhelp: take those of the \
             conformance.toml in the bundle",
            args.config.display()
        )));
    }
    let Ok(Seed::Fixed(seed)) = face.seed.parse() else {
        return Err(Usage(format!("`{}` is no seed", face.seed)));
    };
    let stdout = if args.json { Stdout::Silent } else { Stdout::People };
    let examined = examine::examine(whole(config, seed, set(&face.set.name)?, None, stdout)).await?;
    let comparison = rerun::compare(before, &examined.results);
    if !args.json {
        println!("{}", comparison.sentence());
        for fault in comparison.counted.iter().chain(&comparison.noted) {
            println!("- {}: {}", fault.place, fault.what);
        }
    }
    let differs = u8::from(!comparison.counted.is_empty());
    Ok((comparison, examined.results.standing.exit.max(differs)))
}
