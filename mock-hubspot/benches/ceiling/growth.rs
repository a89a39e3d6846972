//! How long an operation takes when there are a thousand calls, and when there are a million: a mock for each size, asked in turns,
//! so that a busy machine troubles all of them alike.

use crate::Served;
use crate::load::{BODY, Connection};
use std::time::Instant;
use tokio::runtime::Runtime;

/// How many calls there are.
const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Turns of each size, and the questions of a turn.
const TURNS: usize = 15;
const QUESTIONS: u64 = 200;
/// What an operation may take at the last size, in terms of the first.
const WANTED: f64 = 1.3;
/// Connections that make calls.
const MAKERS: u64 = 16;
/// The first call's id.
const FIRST: u64 = 1001;

const NAMES: [&str; 5] = ["create", "read by id", "list a page", "search by external id", "journal page"];

/// Prints a line for each operation.
pub(crate) fn growth() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut sized = SIZES.map(|size| Sized::filled(&runtime, size));
    for (operation, name) in NAMES.iter().enumerate() {
        let mut turns = SIZES.map(|_| Vec::new());
        for _ in 0..TURNS {
            for (sized, turns) in sized.iter_mut().zip(&mut turns) {
                turns.push(runtime.block_on(sized.median(operation)));
            }
        }
        let medians = turns.map(middle);
        let ratio = medians[medians.len() - 1] / medians[0];
        let verdict = if ratio <= WANTED { "" } else { "  falls short" };
        let shown = medians.map(|us| format!("{us:.0}")).join(" ");
        println!(
            "{name:<22} {shown} µs at 1 k, 10 k, 100 k, 1 M calls: {ratio:.2} times (wanted {WANTED}){verdict}"
        );
    }
}

fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// A mock with so many calls, and what was asked of it.
struct Sized {
    served: Served,
    made: u64,
    /// Exchanges besides those that made calls.
    asked: u64,
}

impl Sized {
    fn filled(runtime: &Runtime, size: u64) -> Self {
        let served = Served::mock(&["--journal-exchanges", "1000000"]);
        fill(runtime, &served.address, 0..size);
        Self { served, made: size, asked: 0 }
    }

    /// Microseconds that an answer takes, one asked after the other, on a connection of its own.
    async fn median(&mut self, operation: usize) -> f64 {
        let mut connection = Connection::open(&self.served.address).await;
        let mut taken = Vec::new();
        for turn in 0..QUESTIONS {
            let request = self.request(operation, (turn * 7919) % self.made);
            let begun = Instant::now();
            let (status, _) = connection.ask(&request).await;
            taken.push(begun.elapsed().as_secs_f64() * 1e6);
            assert!((200..300).contains(&status), "{status} to {request}");
        }
        middle(taken)
    }

    /// What is asked, about one of the calls.
    fn request(&mut self, operation: usize, number: u64) -> String {
        // What reads the journal is not in it.
        self.asked += u64::from((1..=3).contains(&operation));
        match operation {
            0 => {
                self.made += 1;
                creation(self.made)
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
            _ => get(&format!("/_mock/journal?since={}", self.made + self.asked - 10)),
        }
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
