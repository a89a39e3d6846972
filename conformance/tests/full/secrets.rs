//! No secret occurs in a certificate, nor in what is said while it is made and verified.

use crate::canaries::{Texts, configuration, run};
use crate::kit::Kit;
use conformance::certificate::archive;

#[test]
fn no_secret_is_in_a_certificate() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration(""));
    let mut texts = Texts(Vec::new());
    texts.add("keygen", &run(&kit, &["keygen"], &[0]));
    let asked = ["certify", "--not-for-publication", "--out", "certificate.tar", "--run", "run"];
    texts.add("certify", &run(&kit, &asked, &[0]));
    let verify = ["verify", "certificate.tar", "--key", "conformance.key.pub"];
    texts.add("verify", &run(&kit, &verify, &[0]));
    texts.add("verify --json", &run(&kit, &[&verify[..], &["--json"]].concat(), &[0]));
    texts.add_folder(&kit.path().join("run"));
    let members = archive::unpack(&std::fs::read(kit.path().join("certificate.tar")).unwrap()).unwrap();
    assert!(members.contains_key("evidence.ndjson") && members.len() > 8);
    texts.0.extend(members);
    texts.assert_clean();
    assert!(texts.of("evidence.ndjson").contains("<secret:"), "something was cut at all");
}
