//! A partner: the reference integration behind a configuration of its own, with a key, in a folder of its own.

use crate::kit::Kit;

/// The file of the partner's certificate.
pub(crate) const CERTIFICATE: &str = "certificate.tar";

/// The configuration of the reference integration, as a partner writes one.
pub(crate) fn configuration() -> String {
    let kit = crate::kit::program();
    let demo = include_str!("../../src/commands/demo.toml");
    demo.replace("command = [\"conformance\", \"reference\"]", &format!("command = [\"{kit}\", \"reference\"]"))
        .replace("version = \"0.1.0\"", "version = \"0.1.0\"\ncontact = \"partner@example.test\"")
        // The pause that a listener makes is as long as a test bears.
        + "\n[waits]\nidle = \"1s\"\n"
}

/// A folder with a configuration and a key.
pub(crate) fn partner() -> Kit {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration());
    let made = kit.run(&["keygen"]);
    assert_eq!(made.exit, 0, "{}", made.stderr);
    kit
}

/// The same, with a certificate.
pub(crate) fn certified() -> Kit {
    let kit = partner();
    let made = kit.run(&["certify", "--not-for-publication", "--out", CERTIFICATE, "--run", "run"]);
    assert_eq!(made.exit, 0, "{}\n{}", made.stdout, made.stderr);
    kit
}
