//! A store and `kill -9`: whatever was acknowledged is there, and nothing is there by half.
//!
//! Several connections log calls, change them and link them as fast as they can; after a number of acknowledgements that nobody
//! could foresee the process is killed in the midst of it, started again on the same store, and asked. `KILLS` says how often.

use crate::client::http;
use crate::process::Running;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use tokio::sync::watch;

const CALLS: &str = "/crm/v3/objects/calls";
const WRITERS: usize = 8;

/// What was acknowledged.
#[derive(Default)]
struct Told {
    /// By call: the title that it was given last, and how many contacts it is linked to at least.
    calls: BTreeMap<u64, (String, usize)>,
    /// Numbers of exchanges.
    exchanges: Vec<u64>,
}

/// The number that a correlation id ends with.
fn number(response: &reqwest::Response) -> u64 {
    let id = response.headers()["x-hubspot-correlation-id"].to_str().expect("text");
    u64::from_str_radix(id.rsplit('-').next().expect("a part"), 16).expect("a number")
}

struct Writer {
    client: reqwest::Client,
    url: String,
    told: Arc<Mutex<Told>>,
    count: watch::Sender<usize>,
}

impl Writer {
    /// `None` once the other side is gone.
    async fn send(&self, method: &str, path: &str, body: &Value) -> Option<(u64, Value)> {
        let method = method.parse().expect("a method");
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json").body(body.to_string());
        let response = request.send().await.ok()?;
        let (status, number) = (response.status(), number(&response));
        let text = response.text().await.ok()?;
        assert!(status.is_success(), "{path}: {status} {text}");
        Some((number, serde_json::from_str(&text).unwrap_or_default()))
    }

    fn note(&self, exchange: u64, note: impl FnOnce(&mut BTreeMap<u64, (String, usize)>)) {
        let mut told = self.told.lock().expect("nobody panicked");
        told.exchanges.push(exchange);
        note(&mut told.calls);
        self.count.send_modify(|count| *count += 1);
    }

    /// Logs a call with two links, changes its title, links a third contact; again and again.
    async fn write(self, name: String) -> Option<()> {
        let link = |to: &str, type_id: u32| json!({ "to": { "id": to }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id }] });
        for i in 0.. {
            let title = format!("{name} {i}");
            let made = json!({
                "properties": { "hs_timestamp": 1_698_400_800_000_u64, "hs_call_title": title, "hs_call_body": title },
                "associations": [link("101", 194), link("201", 182)],
            });
            let (exchange, made) = self.send("POST", CALLS, &made).await?;
            let id: u64 = made["id"].as_str().expect("an id").parse().expect("a number");
            self.note(exchange, |calls| drop(calls.insert(id, (title.clone(), 1))));
            let changed = format!("{title}, changed");
            let body = json!({ "properties": { "hs_call_title": changed } });
            let (exchange, _) = self.send("PATCH", &format!("{CALLS}/{id}"), &body).await?;
            self.note(exchange, |calls| drop(calls.insert(id, (changed, 1))));
            let path = format!("{CALLS}/{id}/associations/contacts/102/194");
            let (exchange, _) = self.send("PUT", &path, &Value::Null).await?;
            self.note(exchange, |calls| calls.get_mut(&id).expect("it was told").1 = 2);
        }
        None
    }
}

/// Writes until so many were acknowledged, then kills.
async fn write_and_kill(running: &mut Running, round: usize, enough: usize) -> Told {
    let told = Arc::new(Mutex::new(Told::default()));
    let (count, mut counted) = watch::channel(0);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (told, count) = (Arc::clone(&told), count.clone());
        let writer_of = Writer { client: http(), url: running.url.clone(), told, count };
        writers.spawn(writer_of.write(format!("{round}/{writer}")));
    }
    counted.wait_for(|count| *count >= enough).await.expect("they write");
    running.kill();
    while let Some(ended) = writers.join_next().await {
        ended.expect("a writer ends when the other side is gone");
    }
    Arc::into_inner(told).expect("all writers ended").into_inner().expect("nobody panicked")
}

async fn get(url: &str) -> Value {
    let text = http().get(url).send().await.expect("an answer").text().await.expect("text");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{url}: {text}"))
}

/// Everything that was told is there, and whatever else is there is whole. Looks at what came after a call and an exchange, and
/// says which are the last ones.
async fn look(url: &str, told: &Told, since: (u64, u64)) -> (u64, u64) {
    let newest = get(&format!("{url}{CALLS}?limit=100&after={}&associations=contacts,companies&properties=hs_call_title,hs_call_body", since.0 + 1)).await;
    let mut found = BTreeMap::new();
    let mut page = newest;
    loop {
        for call in page["results"].as_array().expect("calls") {
            let linked = |kind: &str| {
                let results = &call["associations"][kind]["results"];
                let ids: std::collections::BTreeSet<&str> =
                    results.as_array().into_iter().flatten().filter_map(|l| l["id"].as_str()).collect();
                ids.len()
            };
            let (id, title) = (call["id"].as_str().expect("an id"), &call["properties"]["hs_call_title"]);
            let (title, body) =
                (title.as_str().expect("a title"), call["properties"]["hs_call_body"].as_str());
            assert!(linked("contacts") >= 1 && linked("companies") == 1, "half a call: {call}");
            assert_eq!(Some(title.trim_end_matches(", changed")), body, "half a call: {call}");
            found.insert(id.parse::<u64>().expect("a number"), (title.to_owned(), linked("contacts")));
        }
        let Some(after) = page["paging"]["next"]["after"].as_str() else { break };
        page = get(&format!("{url}{CALLS}?limit=100&after={after}&associations=contacts,companies&properties=hs_call_title,hs_call_body")).await;
    }
    for (id, (title, contacts)) in &told.calls {
        let (is, linked) = found.get(id).unwrap_or_else(|| panic!("call {id} was acknowledged and is lost"));
        // What was on its way when the process was killed may have arrived too.
        assert!(is == title || *is == format!("{title}, changed"), "call {id}: {is} instead of {title}");
        assert!(linked >= contacts, "call {id} has {linked} contacts instead of {contacts}");
    }
    let journal = get(&format!("{url}/_mock/journal?since={}", since.1)).await;
    let written: BTreeMap<u64, &Value> = journal
        .as_array()
        .expect("exchanges")
        .iter()
        .map(|entry| (entry["number"].as_u64().expect("a number"), entry))
        .collect();
    for number in &told.exchanges {
        let entry =
            written.get(number).unwrap_or_else(|| panic!("exchange {number} was answered and is lost"));
        assert!(entry["reply"]["status"].as_u64().is_some_and(|s| s < 300), "{entry}");
    }
    // Whoever made or changed what is there stands in the journal.
    let made = written.values().filter(|e| e["operation"] == "log-call").count();
    assert_eq!(made, found.len(), "calls that nobody logged, or logged calls that are lost");
    let last = |numbers: Option<&u64>, before: u64| numbers.copied().unwrap_or(before);
    (last(found.keys().next_back(), since.0), last(written.keys().next_back(), since.1))
}

fn start(store: &Path) -> Running {
    Running::start(&["--store", store.to_str().expect("text"), "--journal-exchanges", "20000"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_survives_kill_dash_nine() {
    let kills: usize = std::env::var("KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(50);
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("portal.db");
    let mut running = start(&store);
    let (mut all, mut since) = (0, (1000, 0));
    for round in 0..kills {
        // Without a pattern, and the same in every run.
        let enough = 1 + (round * 7919 + 13) % 97 * 3;
        let told = write_and_kill(&mut running, round, enough).await;
        running = start(&store);
        since = look(&running.url, &told, since).await;
        all += told.exchanges.len();
    }
    eprintln!("{kills} kills, {all} acknowledged writes, none of them lost");
}
