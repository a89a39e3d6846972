//! The checks of security about evidence that was spoilt in one place.

use crate::catalogue::example::{failing, outbound, reply, verdict};
use crate::evidence::{Evidence, Hop, Outcome, Probe};

fn redirected(locations: &[&str]) -> Evidence {
    let mut evidence = outbound();
    for exchange in evidence.stories[0].exchanges.iter_mut().filter(|e| e.probe == Probe::Download) {
        let hop = |location: &&str| Hop {
            url: exchange.request.target.clone(),
            status: 302,
            location: (*location).to_owned(),
        };
        exchange.hops = locations.iter().map(hop).collect();
    }
    evidence
}

#[test]
fn a_redirect_to_a_link_local_address_is_named() {
    let there = ["http://169.254.169.254/latest/meta-data"];
    assert_eq!(failing(&redirected(&there)), ["security/link-local"]);
    let mut refused = outbound();
    reply(&mut refused, "whole", &Outcome::Failed("refused: link-local address 169.254.169.254".to_owned()));
    assert_eq!(verdict("security/link-local", &refused).word(), "fail");
    assert_eq!(verdict("security/redirects-end", &refused).word(), "pass");
}

#[test]
fn redirects_that_do_not_end_are_one_finding() {
    assert_eq!(failing(&redirected(&["/a", "/a"])), ["security/redirects-end"]);
    let mut evidence = outbound();
    reply(&mut evidence, "whole", &Outcome::Failed("redirect loop".to_owned()));
    assert_eq!(verdict("security/redirects-end", &evidence).word(), "fail");
}

#[test]
fn a_redirect_to_a_signed_url_passes() {
    assert_eq!(failing(&redirected(&["https://cdn.example/r/1?X-Amz-Signature=<secret:3>"])), [""; 0]);
    let mut nobody = outbound();
    nobody.stories[0].exchanges.retain(|exchange| exchange.probe != Probe::Download);
    assert_eq!(verdict("security/redirects-end", &nobody).word(), "unjudged");
}
