//! The hostile peer: an integration on raw sockets, honest but for the strikes that its row orders.
//!
//! It registers, logs a call, associates it, says ready, and then answers; what a strike sends is on the wire byte for byte.
//! It knows nothing of checks. Read next: `strikes.rs` (the malice), `rows.rs` (the table), `told.rs` (what it tells HubSpot).

use super::tls::{Certificate, Secure};
use super::told::{Telling, Told};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The signature of the authenticated URL.
const TOKEN: &str = "token=0123456789abcdef";

/// What becomes of the connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The next request may come.
    Keep,
    /// It is closed.
    Close,
}

/// Answers one request.
pub(crate) type Strike = fn(&mut Visit) -> io::Result<Then>;

/// How a peer behaves.
#[derive(Clone, Copy)]
pub(crate) struct Ways {
    /// Answers the endpoint for authenticated URLs.
    pub(crate) endpoint: Strike,
    /// Answers the recording, ranges included.
    pub(crate) recording: Strike,
    /// Answers the trigger, once all is told.
    pub(crate) trigger: Strike,
    /// Changes what is told to HubSpot.
    pub(crate) telling: fn(&mut Telling),
    /// The certificate, where it serves HTTPS.
    pub(crate) certificate: Option<Certificate>,
    /// Answers nothing more, and refuses connections, after so many requests.
    pub(crate) gone_after: Option<usize>,
}

/// Honest in everything.
pub(crate) const HONEST: Ways = Ways {
    endpoint: super::honest::endpoint,
    recording: super::honest::recording,
    trigger: super::honest::trigger,
    telling: |_| {},
    certificate: None,
    gone_after: None,
};

/// A connection, in the clear or not.
trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// What all connections share.
struct Shared {
    ways: Ways,
    secure: Option<Secure>,
    told: Mutex<Option<Told>>,
    asked: AtomicUsize,
    gone: AtomicBool,
    /// Where it is found.
    address: String,
}

/// A peer that listens; it ends with its owner.
pub(crate) struct Peer {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

impl Peer {
    pub(crate) fn start(ways: Ways) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let shared = Arc::new(Shared {
            ways,
            secure: ways.certificate.map(Certificate::make),
            told: Mutex::default(),
            asked: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
            address,
        });
        let peer = Self { port, shared: Arc::clone(&shared) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.gone.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), shared) = (stream, Arc::clone(&shared)) else { continue };
                // The other side hangs up sooner or later; how is nothing to a peer.
                std::thread::spawn(move || drop(attend(stream, &shared)));
            }
        });
        peer
    }

    /// Who signed its certificate, in PEM.
    pub(crate) fn authority(&self) -> Option<&str> {
        self.shared.secure.as_ref().map(|secure| secure.authority.as_str())
    }

    /// How many requests it was asked, the trigger's included.
    pub(crate) fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.shared.leave();
    }
}

impl Shared {
    /// Closes the port.
    fn leave(&self) {
        self.gone.store(true, Ordering::Relaxed);
        // Wakes the listener, which then goes.
        let _ = TcpStream::connect(&self.address);
    }
}

/// One request, and the connection that it came on.
pub(crate) struct Visit {
    wire: Box<dyn Wire>,
    socket: TcpStream,
    /// The request line and header fields.
    pub(crate) head: String,
    body: Vec<u8>,
    /// Which request of this peer it is, from 1.
    pub(crate) count: usize,
    shared: Arc<Shared>,
}

impl Visit {
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.wire.write_all(bytes.as_ref())?;
        self.wire.flush()
    }

    /// Sends the same again and again until the other side hangs up.
    pub(crate) fn send_for_ever(&mut self, bytes: &[u8]) -> io::Result<Then> {
        loop {
            self.wire.write_all(bytes)?;
        }
    }

    /// Sends a byte after the other, so many a second, until the other side hangs up.
    pub(crate) fn drip(&mut self, bytes: &[u8], pause: Duration) -> io::Result<Then> {
        for byte in bytes {
            self.send([*byte])?;
            std::thread::sleep(pause);
        }
        Ok(Then::Close)
    }

    /// Says nothing until the other side hangs up.
    pub(crate) fn hang(&mut self) -> io::Result<Then> {
        while self.wire.read(&mut [0; 4096])? > 0 {}
        Ok(Then::Close)
    }

    /// Tears the connection down with RST.
    pub(crate) fn reset(&mut self) -> io::Result<Then> {
        rustix::net::sockopt::set_socket_linger(&self.socket, Some(Duration::ZERO))?;
        Ok(Then::Close)
    }

    /// A header field of the request.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(':'));
        fields.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    pub(crate) fn is_head(&self) -> bool {
        self.head.starts_with("HEAD ")
    }

    /// Path and query.
    pub(crate) fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// What the trigger told, the recording included.
    pub(crate) fn told(&self) -> Told {
        self.shared.told.lock().unwrap().clone().expect("the trigger comes first")
    }

    /// Where this peer is.
    pub(crate) fn base(&self) -> String {
        let scheme = if self.shared.ways.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.shared.address)
    }

    /// The authenticated URL.
    pub(crate) fn recording_url(&self) -> String {
        format!("{}/audio?{TOKEN}", self.base())
    }

    /// The endpoint's honest body.
    pub(crate) fn url_json(&self) -> String {
        serde_json::json!({ "authenticatedUrl": self.recording_url() }).to_string()
    }

    /// Whether it asks for all of the recording.
    pub(crate) fn is_whole_recording(&self) -> bool {
        !self.target().starts_with("/get/") && self.field("range").is_none()
    }

    fn answer(&mut self) -> io::Result<Then> {
        let ways = self.shared.ways;
        let target = self.target().to_owned();
        if target == "/up" {
            self.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
            return Ok(Then::Keep);
        }
        if target == "/call" {
            let told = Told::read(&self.body);
            *self.shared.told.lock().unwrap() = Some(told.clone());
            let scheme_and_port = self.base();
            let mut telling = Telling::of(told, format!("{scheme_and_port}/get/%s"));
            (ways.telling)(&mut telling);
            telling.tell()?;
            return (ways.trigger)(self);
        }
        if target.starts_with("/get/") { (ways.endpoint)(self) } else { (ways.recording)(self) }
    }

    /// Whether the request has the signature.
    pub(crate) fn is_signed(&self) -> bool {
        self.target().ends_with(TOKEN)
    }
}

fn attend(stream: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = stream.try_clone()?;
    // The trigger comes in the clear wherever it is: a TLS record begins with 22.
    let mut first = [0; 1];
    stream.peek(&mut first)?;
    let mut wire: Box<dyn Wire> = match &shared.secure {
        Some(secure) if first == [22] => Box::new(secure.accept(stream)?),
        _ => Box::new(stream),
    };
    let mut read = Vec::new();
    loop {
        let Some((head, body)) = request(&mut *wire, &mut read)? else { return Ok(()) };
        let count = shared.asked.fetch_add(1, Ordering::Relaxed) + 1;
        if shared.ways.gone_after.is_some_and(|most| count > most) {
            shared.leave();
            return socket.shutdown(Shutdown::Both);
        }
        let socket = socket.try_clone()?;
        let mut visit = Visit { wire, socket, head, body, count, shared: Arc::clone(shared) };
        if visit.answer()? == Then::Close {
            return Ok(());
        }
        wire = visit.wire;
    }
}

/// The next request: its head, and its body where its length is told.
fn request(wire: &mut dyn Wire, read: &mut Vec<u8>) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut more = |read: &mut Vec<u8>| -> io::Result<bool> {
        let mut buffer = [0; 16 << 10];
        let count = wire.read(&mut buffer)?;
        read.extend_from_slice(&buffer[..count]);
        Ok(count > 0)
    };
    let end = loop {
        if let Some(at) = read.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if !more(read)? {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    read.drain(..end + 4);
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let length = length.unwrap_or(0);
    while read.len() < length {
        if !more(read)? {
            return Ok(None);
        }
    }
    Ok(Some((head, read.drain(..length).collect())))
}
