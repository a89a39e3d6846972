//! Which speaker is on which channel, by markers and by declared turns.

use super::*;

#[test]
fn swapped_channels_fail() {
    let swapped = MediaFacts { per_channel: vec![recipient(), caller()], ..good() };
    assert_eq!(failing(&with(swapped.clone()))[0], "media/order");
    assert_eq!(failing(&theirs(swapped)), ["media/order"]);
    let without = ChannelFacts { markers: Vec::new(), ..recipient() };
    let missing = MediaFacts { per_channel: vec![caller(), without], ..good() };
    assert_eq!(failing(&with(missing)), ["media/order"]);
}

#[test]
fn a_swap_in_the_middle_is_not_a_wrong_order() {
    let mut both = [caller(), recipient()];
    let [first, second] = &mut both;
    std::mem::swap(&mut first.markers[1], &mut second.markers[1]);
    let media = MediaFacts { per_channel: both.to_vec(), ..good() };
    assert_eq!(failing(&with(media)), ["media/stable-order"]);
}

#[test]
fn order_without_markers_is_unjudged_or_told_by_declared_turns() {
    let plain =
        |channel: ChannelFacts| ChannelFacts { markers: Vec::new(), two_tones: Vec::new(), ..channel };
    let (first, second) = (plain(caller()), plain(recipient()));
    let told = |per_channel: Vec<ChannelFacts>, turns: &[(u32, u64)]| {
        let mut story = theirs(MediaFacts { per_channel, ..good() });
        let turn = |(party, from_ms): &(u32, u64)| SpokenTurn {
            party: *party,
            from_ms: *from_ms,
            to_ms: from_ms + 400,
        };
        story.calls[0].turns = turns.iter().map(turn).collect();
        judge(check("media/order"), &story)
    };
    let not_verifiable = Verdict::unjudged("order of channels not verifiable without markers");
    assert_eq!(told(vec![first.clone(), second.clone()], &[]), not_verifiable);
    // Each speaks alone there: the channels overlap elsewhere.
    let turns = [(1, 1500), (2, 2540), (1, 4000), (2, 5040)];
    assert_eq!(told(vec![first.clone(), second.clone()], &turns), Verdict::Pass);
    assert_eq!(told(vec![second.clone(), first.clone()], &turns).word(), "fail");
    let off = [(1, 1500), (2, 1500), (1, 4000), (2, 5040)];
    assert_eq!(told(vec![first, second], &off).word(), "unjudged");
}
