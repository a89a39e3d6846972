//! The browser's network log as exchanges: what it sent on the wire, and what it was answered. Pure.
//!
//! The player itself asks for `bytes=N-`; what its cache makes of that (closed ranges, `If-Range`) stands in the events that
//! end with `ExtraInfo`. Events of one request come in any order. Where the cache holds a part already it may send several
//! requests for one of the player's, of which one is told, beside the `Content-Range` of what it put together (observed): so
//! the status of an answer can be judged, and its `Content-Range` cannot.

use super::devtools::Event;
use crate::evidence::{Answer, Content, End, Exchange, Hop, Outcome, Probe, Received, Timing};
use mock_hubspot::exchange::{Body, Headers, Request};
use mock_hubspot::secrets::Secrets;
use serde_json::{Map, Value};

/// A recording that is asked for more often than that is asked in an endless loop.
const MOST: usize = 200;

/// All that is known of one request of the browser.
#[derive(Default)]
struct Load {
    id: String,
    during: String,
    media: bool,
    url: String,
    method: String,
    asked: Headers,
    /// What really was sent, once for each hop.
    sent: Vec<Headers>,
    /// What really came, once for each hop.
    came: Vec<(u16, Headers)>,
    shown: Option<(u16, Headers)>,
    hops: Vec<(String, u16, String)>,
    received: u64,
    end: Option<End>,
    failed: Option<String>,
    /// Seconds: sent, answered, over.
    at: [Option<f64>; 3],
}

/// The exchanges of the requests for sound, in order, without their numbers.
pub(super) fn exchanges(events: &[Event], secrets: &Secrets) -> Vec<Exchange> {
    let mut loads: Vec<Load> = Vec::new();
    for event in events.iter().filter(|event| event.method.starts_with("Network.")) {
        let Some(id) = event.params["requestId"].as_str() else { continue };
        let place = loads.iter().position(|load| load.id == id).unwrap_or_else(|| {
            loads.push(Load { id: id.to_owned(), ..Load::default() });
            loads.len() - 1
        });
        loads[place].hear(event);
    }
    loads.iter().filter(|load| load.media).take(MOST).map(|load| load.exchange(secrets)).collect()
}

impl Load {
    fn hear(&mut self, event: &Event) {
        let params = &event.params;
        match event.method.trim_start_matches("Network.") {
            "requestWillBeSent" => {
                if let Some(redirect) = params.get("redirectResponse") {
                    let headers = fields(&redirect["headers"]);
                    let location = mock_hubspot::exchange::header(&headers, "location").unwrap_or_default();
                    let hop = (self.url.clone(), status(&redirect["status"]), location.to_owned());
                    self.hops.push(hop);
                }
                self.media |= params["type"] == "Media";
                self.url = text(&params["request"]["url"]);
                self.method = text(&params["request"]["method"]);
                self.asked = fields(&params["request"]["headers"]);
                self.during.clone_from(&event.during);
                self.at[0] = params["timestamp"].as_f64();
            }
            "requestWillBeSentExtraInfo" => self.sent.push(fields(&params["headers"])),
            "responseReceivedExtraInfo" => {
                self.came.push((status(&params["statusCode"]), fields(&params["headers"])));
            }
            "responseReceived" => {
                let response = &params["response"];
                self.shown = Some((status(&response["status"]), fields(&response["headers"])));
                self.at[1] = params["timestamp"].as_f64();
            }
            "dataReceived" => self.received += params["dataLength"].as_u64().unwrap_or(0),
            "loadingFinished" => {
                self.end = Some(End::Complete);
                self.at[2] = params["timestamp"].as_f64();
            }
            "loadingFailed" => {
                let why = text(&params["errorText"]);
                self.failed = Some(why.clone());
                self.end = Some(if params["canceled"] == true { End::Abandoned } else { End::CutShort(why) });
                self.at[2] = params["timestamp"].as_f64();
            }
            _ => {}
        }
    }

    fn exchange(&self, secrets: &Secrets) -> Exchange {
        let hops = self.hops.len();
        // The wire is believed where it told of both sides of this hop; else the player's own view of both.
        let wire = self.sent.get(hops).zip(self.came.get(hops));
        let sent = wire.map_or(&self.asked, |(sent, _)| sent);
        let came = wire.map(|(_, came)| came).or(self.shown.as_ref()).or(self.came.get(hops));
        let outcome = if let Some((status, headers)) = came {
            let content = if self.received == 0 { Content::Empty } else { Content::Unseen };
            let end = self.end.clone().unwrap_or(End::Abandoned);
            let body = Received { length: self.received, end, content };
            Outcome::Answered(Answer { status: *status, headers: secrets.cut_headers(headers.clone()), body })
        } else {
            let why = self.failed.as_deref().unwrap_or("no answer as long as it was listened to");
            Outcome::Failed(secrets.cut_text(why))
        };
        let hop = |(url, status, location): &(String, u16, String)| Hop {
            url: secrets.cut_recording_url(url),
            status: *status,
            location: secrets.cut_recording_url(location),
        };
        let since = |at: Option<f64>| at.zip(self.at[0]).map_or(0.0, |(at, sent)| (at - sent) * 1000.0);
        Exchange {
            number: 0,
            call: 0,
            probe: Probe::Browser,
            case: self.during.clone(),
            step: None,
            request: Request {
                method: self.method.as_str().into(),
                target: secrets.cut_recording_url(&self.url),
                headers: secrets.cut_headers(sent.clone()),
                body: Body::Empty,
            },
            hops: self.hops.iter().map(hop).collect(),
            outcome,
            timing: Timing { first_byte_ms: since(self.at[1]), total_ms: since(self.at[2].or(self.at[1])) },
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn status(value: &Value) -> u16 {
    value.as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(0)
}

/// Several fields of one name are told as lines of one value.
fn fields(headers: &Value) -> Headers {
    let none = Map::new();
    let each = headers.as_object().unwrap_or(&none).iter().flat_map(|(name, value)| {
        let value = text(value);
        value.lines().map(|line| (name.as_str().into(), line.into())).collect::<Vec<_>>()
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(method: &str, params: Value) -> Event {
        Event { during: "seek-80".into(), method: format!("Network.{method}"), params }
    }

    fn sent(id: &str, url: &str, more: &Value) -> Event {
        let mut params = json!({ "requestId": id, "type": "Media", "timestamp": 1.0,
            "request": { "url": url, "method": "GET", "headers": { "Range": "bytes=100-" } } });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event("requestWillBeSent", params)
    }

    #[test]
    fn the_wire_tells_what_the_cache_made_of_a_request_whatever_comes_first() {
        let wire = json!({ "requestId": "1", "headers": { "Range": "bytes=100-199", "If-Range": "\"v1\"" } });
        let answered = json!({ "requestId": "1", "statusCode": 206, "headers": { "Content-Range": "bytes 100-199/200" } });
        let log = [
            event("requestWillBeSentExtraInfo", wire),
            sent("1", "http://127.0.0.1:9/a?signature=s3cr3ts3cr3t", &json!({})),
            event("responseReceivedExtraInfo", answered),
            event(
                "responseReceived",
                json!({ "requestId": "1", "timestamp": 1.5, "response": { "status": 206, "headers": {} } }),
            ),
            event("dataReceived", json!({ "requestId": "1", "dataLength": 60 })),
            event("dataReceived", json!({ "requestId": "1", "dataLength": 40 })),
            event("loadingFinished", json!({ "requestId": "1", "timestamp": 2.0 })),
            event("requestWillBeSent", json!({ "requestId": "2", "type": "Document", "request": {} })),
        ];
        let secrets = Secrets::new();
        let [exchange] = &exchanges(&log, &secrets)[..] else { panic!("one request for sound") };
        assert_eq!(
            (exchange.sent("range"), exchange.sent("if-range")),
            (Some("bytes=100-199"), Some("\"v1\""))
        );
        assert!(!exchange.request.target.contains("s3cr3t"), "{}", exchange.request.target);
        assert_eq!((exchange.case.as_str(), exchange.timing.first_byte_ms), ("seek-80", 500.0));
        let answer = exchange.answer().unwrap();
        assert_eq!((answer.status, answer.body.length, &answer.body.end), (206, 100, &End::Complete));
        assert_eq!(answer.header("content-range"), Some("bytes 100-199/200"));
    }

    #[test]
    fn a_redirect_is_a_hop_and_a_blocked_answer_is_an_answer_without_bytes() {
        let redirect = json!({ "redirectResponse": { "status": 302, "headers": { "Location": "http://127.0.0.1:9/b" } } });
        let came =
            |status: u16| json!({ "requestId": "1", "statusCode": status, "headers": { "A": "1\n2" } });
        let log = [
            sent("1", "http://127.0.0.1:9/a", &json!({})),
            event("responseReceivedExtraInfo", came(302)),
            sent("1", "http://127.0.0.1:9/b", &redirect),
            event("responseReceivedExtraInfo", came(206)),
            event(
                "loadingFailed",
                json!({ "requestId": "1", "errorText": "net::ERR_BLOCKED_BY_ORB", "canceled": false }),
            ),
            sent("3", "http://127.0.0.1:9/c", &json!({})),
            event("loadingFailed", json!({ "requestId": "3", "errorText": "net::ERR_CONNECTION_REFUSED" })),
        ];
        let all = exchanges(&log, &Secrets::new());
        let answer = all[0].answer().unwrap();
        assert_eq!((all[0].hops.len(), all[0].hops[0].status, answer.status), (1, 302, 206));
        assert_eq!(answer.body.end, End::CutShort("net::ERR_BLOCKED_BY_ORB".into()));
        assert_eq!(answer.headers("a").count(), 2);
        assert_eq!(all[1].outcome, Outcome::Failed("net::ERR_CONNECTION_REFUSED".into()));
    }
}
