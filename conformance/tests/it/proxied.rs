//! An integration behind a proxy: what cannot be seen through it is not judged, and nobody goes through one untold.

use crate::kit::{Kit, verdicts};
use crate::proxy::{Tunnels, proxy};
use serde_json::Value;
use std::sync::atomic::Ordering;

/// The reference integration over HTTPS, or not, and this `[network]`.
fn configuration(secure: bool, network: &str) -> String {
    let usual = crate::partner::configuration();
    let port = "PORT = \"{port}\"";
    assert!(usual.contains(port));
    let tls = format!("{port}\nTLS_CERT = \"{{tls_cert}}\"\nTLS_KEY = \"{{tls_key}}\"");
    let usual = if secure { usual.replace(port, &tls) } else { usual };
    format!("{usual}\n[network]\n{network}\n")
}

/// Exit code and results of one story.
fn run(text: &str, environment: &[(&str, &str)]) -> (i32, Value) {
    let kit = Kit::new();
    kit.write("conformance.toml", text);
    let args = ["run", "outbound-call", "--cases", "8", "--json", "-"];
    let ran = crate::kit::ran(kit.command(&args).envs(environment.iter().copied()).output().unwrap());
    let results = serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {}", ran.stderr));
    (ran.exit, results)
}

#[test]
fn what_cannot_be_seen_through_a_proxy_is_not_the_integrations_fault() {
    // The endpoint of the reference is always http://; HubSpot's own side asks for its recording all the same.
    let why = "over http:// its answers cannot be told from the integration's";
    for (secure, manner) in [(true, Tunnels::Refused), (false, Tunnels::Given)] {
        let proxy = proxy(manner);
        let (exit, results) = run(&configuration(secure, &proxy.told()), &[]);
        assert_eq!(exit, 3, "{}", results["standing"]);
        let verdicts = verdicts(&results);
        let failed: Vec<_> = verdicts.iter().filter(|v| v.3 == "fail" && v.2 == "required").collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let open = verdicts.iter().filter(|v| v.3 == "unjudged" && v.4.to_string().contains(why)).count();
        assert!(open > 50, "{open}: {verdicts:#?}");
        assert_eq!(proxy.tunnels.load(Ordering::Relaxed) > 0, secure, "only https:// asks for tunnels");
    }
}

#[test]
fn nobody_goes_through_a_proxy_untold() {
    // Nothing listens there; whoever went through it would get no answer.
    let nowhere = "http://127.0.0.1:1";
    let mut environment = vec![("no_proxy", ""), ("NO_PROXY", "")];
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        environment.push((name, nowhere));
    }
    for network in [String::new(), format!("proxy = \"{nowhere}\"")] {
        let (exit, results) = run(&configuration(false, &network), &environment);
        assert_eq!(exit, 0, "{network}: {}", results["standing"]);
    }
}
