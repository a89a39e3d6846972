//! The command line: what can be said, and nothing of what it does. Read next: `commands/`.

use crate::check::OctetStream;
use crate::config::overrides;
use crate::config::value::Seed;
use crate::probe::{Player, RangeSettings};
use crate::shard::Shard;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Proves that a calling integration works with HubSpot.
///
/// Exit codes: 0 conformant · 1 a required clause is broken · 2 usage or configuration · 3 incomplete ·
/// 4 set-up failed · 5 waivers to review · 6 snapshot reports to review · 70 the kit failed · 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "conformance", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole job against the bundled reference integration, started as a separate process
    Demo(DemoArgs),
    /// Drives the integration described in conformance.toml
    Run(RunArgs),
    /// Whether the configuration is sound and both sides reach each other, before anything is judged
    Doctor(DoctorArgs),
    /// Writes a commented conformance.toml and a CI recipe; never overwrites
    Init(InitArgs),
    /// Judges only the endpoint and the recording, with nothing else set up
    Probe(ProbeArgs),
    /// The catalogue of checks, the scenarios, or the sabotages
    List(ListArgs),
    /// One check: its clause, why it matters, how to fix what it finds
    Explain {
        /// The check's id, `ranges/first-byte` say
        id: String,
    },
    /// Which clause has which check, or why none; exits 1 when one has neither
    Coverage,
    /// Proves the kit: every lie is caught by its checks, and the honest reference is blamed for nothing
    SelfTest(SelfTestArgs),
    /// Sends one stored failing case again, to an integration that runs: fixed, still failing, changed
    Replay(ReplayArgs),
    /// The approval of snapshot reports
    Snapshot(SnapshotArgs),
    /// Makes a key pair for certify; never overwrites
    Keygen(KeygenArgs),
    /// Examines the whole set and makes the signed certificate, or refuses with every reason
    Certify(CertifyArgs),
    /// Verifies a certificate offline: every verdict is computed again from its evidence
    Verify(VerifyArgs),
    /// Renders the reports again from what a run recorded, an interrupted one too
    Report(ReportArgs),
    /// Joins the shards of a run, told on many machines, into one report
    Merge(MergeArgs),
    /// Two results: what fails newly, what was fixed, what vanished, what is new, what changed
    Diff(DiffArgs),
    /// Prints completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man,
    /// Serves the fake HubSpot, as the mock-hubspot binary does
    Mock(mock_hubspot::cli::Args),
    /// The bundled reference integration, as demo starts it
    #[command(hide = true)]
    Reference(reference_integration::cli::Args),
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Tells the reference integration one lie, and counts recommended findings
    #[arg(long = "break", value_name = "SABOTAGE")]
    pub sabotage: Option<String>,
    /// Has the reference integration do one thing in another way that is as right
    #[arg(long, value_name = "VARIANT", hide = true, conflicts_with = "sabotage")]
    pub variant: Option<String>,
    /// Leaves both sides running afterwards, until Ctrl-C
    #[arg(long)]
    pub hold: bool,
    /// Only these scenarios
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// What demo and run have in common
    #[command(flatten)]
    pub terms: Terms,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Only these scenarios
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "conformance.toml", env = "CONFORMANCE_CONFIG")]
    pub config: PathBuf,
    /// The profiles to examine, with commas between them
    #[arg(long = "profile", value_name = "PROFILES")]
    pub profiles: Option<String>,
    /// A folder of further scenarios
    #[arg(long = "scenarios", value_name = "DIR")]
    pub scenario_dir: Option<PathBuf>,
    /// Says what would be done; starts nothing and sends nothing
    #[arg(long)]
    pub dry_run: bool,
    /// One story with few random ranges: seconds, to see that the set-up works
    #[arg(long, conflicts_with_all = ["scenarios", "rerun_failed"])]
    pub smoke: bool,
    /// Only the stories and checks that failed or stayed unjudged in this run's folder
    #[arg(
        long,
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "reports/latest",
        conflicts_with_all = ["scenarios", "only"]
    )]
    pub rerun_failed: Option<PathBuf>,
    /// Tells only the i-th of n parts of the stories; every part needs the same --seed, and merge joins them
    #[arg(long, value_name = "I/N", conflicts_with_all = ["smoke", "rerun_failed"])]
    pub shard: Option<Shard>,
    /// What demo and run have in common
    #[command(flatten)]
    pub terms: Terms,
}

/// What `demo` and `run` have in common.
#[derive(Debug, Args)]
pub struct Terms {
    /// Only checks whose id starts with this; may be given several times
    #[arg(long, value_name = "ID-PREFIX")]
    pub only: Vec<String>,
    /// Where every random choice comes from: 0x and hex digits, or random
    #[arg(long, value_name = "SEED")]
    pub seed: Option<Seed>,
    /// How many random ranges each asking story sends
    #[arg(long, value_name = "N")]
    pub cases: Option<u32>,
    /// How many range requests are under way at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub in_flight: u8,
    /// Also what takes long: asks for the recording once more after a pause
    #[arg(long)]
    pub thorough: bool,
    /// Also headers that make a careless server do much work, one of each
    #[arg(long)]
    pub dos_hygiene: bool,
    /// The long sequence of requests of this player besides the short ones of all
    #[arg(long, value_enum)]
    pub player: Option<PlayerArg>,
    /// A real Chromium plays the recording and seeks in it; the first that is found, or the one at PATH
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true)]
    pub browser: Option<Option<PathBuf>>,
    /// Recommended findings count
    #[arg(long)]
    pub strict: bool,
    /// How strictly "downloadable as an octet-stream" is read
    #[arg(long, value_enum, default_value_t)]
    pub octet_stream: OctetStreamArg,
    /// Prints results.json on stdout and nothing else there
    #[arg(long, value_name = "-", value_parser = ["-"])]
    pub json: Option<String>,
    /// The folder of this run
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where the accepted snapshot reports are
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub snapshots: PathBuf,
}

/// `--octet-stream`
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum OctetStreamArg {
    /// An audio type is a recommended finding
    #[default]
    Warn,
    /// An audio type is a required finding
    Strict,
    /// An audio type passes
    Lenient,
}

impl From<OctetStreamArg> for OctetStream {
    fn from(arg: OctetStreamArg) -> Self {
        match arg {
            OctetStreamArg::Warn => Self::Warn,
            OctetStreamArg::Strict => Self::Strict,
            OctetStreamArg::Lenient => Self::Lenient,
        }
    }
}

/// `--player`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PlayerArg {
    /// Chromium 156
    Chrome156,
    /// Chrome before 2026
    ChromeLegacy,
    /// Firefox 153
    Firefox153,
    /// Safari
    Safari,
}

impl From<PlayerArg> for Player {
    fn from(arg: PlayerArg) -> Self {
        match arg {
            PlayerArg::Chrome156 => Self::Chrome156,
            PlayerArg::ChromeLegacy => Self::ChromeLegacy,
            PlayerArg::Firefox153 => Self::Firefox153,
            PlayerArg::Safari => Self::Safari,
        }
    }
}

/// Arguments of `probe`.
#[derive(Debug, Args)]
pub struct ProbeArgs {
    /// The endpoint, with %s where the external id stands
    #[arg(value_name = "URL-TEMPLATE")]
    pub url: String,
    /// The external id of a call that has a recording
    #[arg(long)]
    pub external_id: String,
    /// Its external account id
    #[arg(long)]
    pub account: String,
    /// The app's id
    #[arg(long)]
    pub app_id: String,
    /// The profiles to examine, with commas between them
    #[arg(long = "profile", value_name = "PROFILES", default_value = "playback,seek,transcription,security")]
    pub profiles: String,
    /// What it has in common with run
    #[command(flatten)]
    pub terms: Terms,
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// A file of a run's folder cases/
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    /// The endpoint, with %s where the external id stands, if it is another one now
    #[arg(long, value_name = "URL-TEMPLATE")]
    pub url: Option<String>,
    /// The external id of a call that has a recording, if it is another one now
    #[arg(long)]
    pub external_id: Option<String>,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
#[group(multiple = true)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub struct ListArgs {
    /// The lies that the reference integration can be told to tell
    #[arg(long, conflicts_with = "scenarios")]
    pub sabotages: bool,
    /// The scenarios
    #[arg(long)]
    pub scenarios: bool,
    /// The checks of a requirement set, 2026-1 say
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sabotages", "scenarios"])]
    pub set: Option<String>,
    /// The JSON Schema of results.json
    #[arg(long, conflicts_with_all = ["sabotages", "scenarios", "set"])]
    pub schema: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `keygen`.
#[derive(Debug, Args)]
pub struct KeygenArgs {
    /// The file of the private key; the public key goes beside it, with .pub behind its name
    #[arg(value_name = "FILE", default_value = "conformance.key")]
    pub file: PathBuf,
}

/// Arguments of `certify`.
#[derive(Debug, Args)]
pub struct CertifyArgs {
    /// The private key, as keygen wrote it
    #[arg(long, value_name = "FILE", default_value = "conformance.key")]
    pub key: PathBuf,
    /// The configuration; nothing of it is overridden, neither by flags nor by the environment
    #[arg(long, value_name = "FILE", default_value = "conformance.toml")]
    pub config: PathBuf,
    /// The certificate; by default the product and its version, with .tar behind them
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The folder of the run
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// The requirement set
    #[arg(long, value_name = "NAME", default_value = "2026-1")]
    pub set: String,
    /// Takes the integration's own recordings in, up to 16 MiB each, so that what is in them can be verified
    #[arg(long)]
    pub include_recordings: bool,
    /// To try the way: bears addresses without TLS; the certificate says everywhere that it certifies nothing
    #[arg(long)]
    pub not_for_publication: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The certificate
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// The public key of whoever made it, from themselves and not from beside the bundle
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Prints what was found as JSON
    #[arg(long)]
    pub json: bool,
    /// Then asks the live integration the same again, and compares verdict by verdict
    #[arg(long)]
    pub rerun: bool,
    /// For --rerun: the configuration
    #[arg(long, value_name = "FILE", default_value = "conformance.toml", requires = "rerun")]
    pub config: PathBuf,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "conformance.toml", env = "CONFORMANCE_CONFIG")]
    pub config: PathBuf,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where the files go
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// The recipe for which CI system
    #[arg(long, value_enum, default_value_t)]
    pub ci: Recipe,
}

/// `--ci`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Recipe {
    /// GitHub Actions
    #[default]
    Github,
    /// GitLab CI
    Gitlab,
    /// Jenkins
    Jenkins,
    /// None
    None,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder of a run, or its evidence.ndjson
    #[arg(value_name = "EVIDENCE", default_value = "reports/latest")]
    pub evidence: PathBuf,
    /// Where the reports go; where the evidence is, if not said
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Prints results.json on stdout and nothing else there
    #[arg(long, value_name = "-", value_parser = ["-"])]
    pub json: Option<String>,
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The folders of all shards of the run
    #[arg(value_name = "DIR", required = true)]
    pub shards: Vec<PathBuf>,
    /// The folder of the merged run
    #[arg(long, value_name = "DIR", default_value = "reports/merged")]
    pub out: PathBuf,
    /// Where the accepted snapshot reports are
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub snapshots: PathBuf,
    /// Prints results.json on stdout and nothing else there
    #[arg(long, value_name = "-", value_parser = ["-"])]
    pub json: Option<String>,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier results.json, or the folder of that run
    #[arg(value_name = "A")]
    pub before: PathBuf,
    /// The later one
    #[arg(value_name = "B")]
    pub after: PathBuf,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `self-test`.
#[derive(Clone, Debug, Args)]
pub struct SelfTestArgs {
    /// Where every random choice comes from; without it the lies are told on the seed of reports/broken/
    #[arg(long, value_name = "SEED")]
    pub seed: Option<Seed>,
    /// How many lies are told at once
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub at_once: u8,
    /// Writes the matrix there, as Markdown
    #[arg(long, value_name = "FILE")]
    pub matrix: Option<PathBuf>,
    /// Where the accepted snapshot reports are
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub snapshots: PathBuf,
}

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Where the snapshot reports are
    #[arg(long, value_name = "DIR", default_value = "reports", global = true)]
    pub snapshots: PathBuf,
    /// What to do with them
    #[command(subcommand)]
    pub action: SnapshotAction,
}

/// What to do with pending snapshots.
#[derive(Debug, Subcommand)]
pub enum SnapshotAction {
    /// Lists those that wait for a decision; exits 6 when there are any
    Pending,
    /// Takes new reports as the accepted ones
    Accept {
        /// Only these, `acme-dialer/outbound-call` say; all where none is named
        names: Vec<String>,
    },
    /// Removes new reports
    Reject {
        /// Only these; all where none is named
        names: Vec<String>,
    },
}

impl Terms {
    /// What the flags say instead of the configuration.
    pub fn overrides(&self, profiles: Option<&str>) -> Result<overrides::Overrides, String> {
        Ok(overrides::Overrides {
            profiles: profiles.map(overrides::profiles).transpose()?,
            seed: self.seed,
            cases: self.cases,
            ..overrides::Overrides::default()
        })
    }
    /// How ranges are asked, as far as the flags say.
    pub fn ranges(&self) -> RangeSettings {
        RangeSettings {
            in_flight: self.in_flight.into(),
            thorough: self.thorough,
            dos_hygiene: self.dos_hygiene,
            player: self.player.map(Into::into),
            ..RangeSettings::default()
        }
    }
}
