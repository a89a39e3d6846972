//! How long an operation takes when there are a thousand calls, and when there are a million.

use crate::Served;
use crate::load::{BODY, Connection};
use std::time::Instant;
use tokio::runtime::Runtime;

/// How many calls there are.
const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Questions of each kind at each size.
const QUESTIONS: u64 = 1000;
/// What an operation may take at the last size, in terms of the first.
const WANTED: f64 = 1.3;
/// Connections that make calls.
const MAKERS: u64 = 16;
/// The first call's id.
const FIRST: u64 = 1001;

const NAMES: [&str; 5] = ["create", "read by id", "list a page", "search by external id", "journal page"];

/// Prints a line for each operation.
pub(crate) fn growth() {
    let served = Served::mock(&["--journal-exchanges", "1000000"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (mut made, mut asked, mut medians) = (0, 0, vec![Vec::new(); NAMES.len()]);
    for size in SIZES {
        fill(&runtime, &served.address, made..size);
        made = size;
        for (operation, medians) in medians.iter_mut().enumerate() {
            medians.push(runtime.block_on(median(&served.address, operation, &mut made, asked)));
            // What makes a call is counted already, and what reads the journal is not in it.
            asked += if (1..=3).contains(&operation) { QUESTIONS } else { 0 };
        }
    }
    for (name, medians) in NAMES.iter().zip(medians) {
        let ratio = medians[medians.len() - 1] / medians[0];
        let verdict = if ratio <= WANTED { "" } else { "  falls short" };
        let shown: Vec<String> = medians.iter().map(|us| format!("{us:.0}")).collect();
        println!(
            "{name:<22} {} µs at 1 k, 10 k, 100 k, 1 M calls: {ratio:.2} times (wanted {WANTED}){verdict}",
            shown.join(" ")
        );
    }
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer mock-access-token-2f9c\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer mock-access-token-2f9c\r\n\r\n")
}

/// Each call has an external id of its own.
fn creation(number: u64) -> String {
    post("/crm/v3/objects/calls", &BODY.replace("test-call-01", &format!("call-{number}")))
}

fn fill(runtime: &Runtime, address: &str, numbers: std::ops::Range<u64>) {
    runtime.block_on(async {
        let making = (0..MAKERS).map(|maker| {
            let numbers = numbers.clone().skip(maker as usize).step_by(MAKERS as usize);
            async move {
                let mut connection = Connection::open(address).await;
                for number in numbers {
                    connection.ask(&creation(number)).await;
                }
            }
        });
        futures_util::future::join_all(making).await;
    });
}

/// Microseconds that an answer takes, one asked after the other; `asked` are the exchanges besides those that made calls.
async fn median(address: &str, operation: usize, made: &mut u64, asked: u64) -> f64 {
    let mut connection = Connection::open(address).await;
    let mut taken = Vec::new();
    for turn in 0..QUESTIONS {
        let number = (turn * 7919) % *made;
        let request = match operation {
            0 => {
                *made += 1;
                creation(*made)
            }
            1 => get(&format!("/crm/v3/objects/calls/{}", FIRST + number)),
            2 => get(&format!("/crm/v3/objects/calls?limit=10&after={}", FIRST + number)),
            3 => post(
                "/crm/v3/objects/calls/search",
                &format!(
                    r#"{{"filters":[{{"propertyName":"hs_call_external_id","operator":"EQ","value":"call-{number}"}}]}}"#
                ),
            ),
            // The newest ten: what a page or a poll reads.
            _ => get(&format!("/_mock/journal?since={}", *made + asked - 10)),
        };
        let begun = Instant::now();
        let (status, _) = connection.ask(&request).await;
        taken.push(begun.elapsed().as_secs_f64() * 1e6);
        assert!((200..300).contains(&status), "{status} to {request}");
    }
    taken.sort_by(f64::total_cmp);
    taken[taken.len() / 2]
}
