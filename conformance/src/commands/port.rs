//! The port that the integration is told to listen on: it must be named before there is anybody to listen.

use super::seed;
use crate::config::value::Seed;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use tokio::net::TcpSocket;

/// Whose program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// The bundled reference integration.
    Ours,
    /// A partner's.
    Theirs,
}

/// A port on loopback.
pub(super) struct Port {
    pub(super) number: u16,
    /// Bound and never listening: while it lives nobody else is given this port.
    _kept: Option<TcpSocket>,
}

impl Port {
    /// A port for this program. Many examinations that begin at once would now and then be given the same one, and one of them
    /// would then examine the other's integration; so ours is kept from others until it listens. That takes Linux, where a
    /// socket that is bound with `SO_REUSEADDR` keeps a port and lets in whoever asks for it by number with the same option,
    /// as our program does. What a partner's does is unknown: it is told a port that was free a moment ago.
    pub(super) fn of(program: Program) -> Self {
        let kept = match program {
            Program::Ours if cfg!(target_os = "linux") => kept(),
            Program::Ours | Program::Theirs => None,
        };
        kept.unwrap_or_else(|| Self { number: free(), _kept: None })
    }
}

fn kept() -> Option<Port> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.set_reuseaddr(true).ok()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).ok()?;
    let number = socket.local_addr().ok()?.port();
    Some(Port { number, _kept: Some(socket) })
}

/// A port that was free a moment ago. It is sought below those that systems hand out by themselves, so that no connection
/// takes it meanwhile.
fn free() -> u16 {
    let bound = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|l| l.local_addr());
    let mut sought = (0..32).map(|_| 20_000 + (seed(Seed::Random) % 12_000) as u16);
    let found = sought.find_map(|port| bound(port).ok()).or_else(|| bound(0).ok());
    found.map_or(0, |address| address.port())
}

#[cfg(test)]
mod tests {
    use super::{Port, Program};
    use std::collections::BTreeSet;
    use std::net::TcpListener;

    #[tokio::test]
    async fn a_port_is_given_once_and_our_program_can_listen_on_it() {
        let ports: Vec<_> = (0..300).map(|_| Port::of(Program::Ours)).collect();
        let numbers: BTreeSet<_> = ports.iter().map(|port| port.number).collect();
        if cfg!(target_os = "linux") {
            assert_eq!(numbers.len(), ports.len());
            let others: Vec<_> = (0..300).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
            assert!(others.iter().all(|other| !numbers.contains(&other.local_addr().unwrap().port())));
        }
        let ours = tokio::net::TcpListener::bind(("127.0.0.1", ports[0].number)).await.unwrap();
        assert_eq!(ours.local_addr().unwrap().port(), ports[0].number);
    }
}
