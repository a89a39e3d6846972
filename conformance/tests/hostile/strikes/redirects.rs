//! Redirects to where nobody should go (RFC 9110 §15.4).

use super::words::MARKUP;
use crate::hostile::peer::{Then, Visit};
use std::io;

fn redirect(visit: &mut Visit, to: &str) -> io::Result<Then> {
    visit.send(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"))?;
    Ok(Then::Keep)
}

/// A redirect to itself.
pub(crate) fn redirect_to_itself(visit: &mut Visit) -> io::Result<Then> {
    let target = visit.target().to_owned();
    redirect(visit, &target)
}

/// Redirects without end, each to somewhere new.
pub(crate) fn redirects_without_end(visit: &mut Visit) -> io::Result<Then> {
    let target =
        format!("{}{}", visit.target().split_once('#').map_or(visit.target(), |(t, _)| t), visit.count);
    redirect(visit, &target)
}

pub(crate) fn redirect_to_a_file(visit: &mut Visit) -> io::Result<Then> {
    redirect(visit, "file:///etc/passwd")
}

/// Where clouds keep credentials.
pub(crate) fn redirect_to_link_local(visit: &mut Visit) -> io::Result<Then> {
    redirect(visit, "http://169.254.169.254/latest/meta-data/iam/security-credentials/")
}

/// The same address in clothes: IPv4 in IPv6.
pub(crate) fn redirect_to_mapped_link_local(visit: &mut Visit) -> io::Result<Then> {
    redirect(visit, "http://[::ffff:a9fe:a9fe]/latest/meta-data/")
}

/// And as one number.
pub(crate) fn redirect_to_numeric_link_local(visit: &mut Visit) -> io::Result<Then> {
    redirect(visit, "http://2852039166/latest/meta-data/")
}

pub(crate) fn redirect_to_another_scheme(visit: &mut Visit) -> io::Result<Then> {
    redirect(visit, "gopher://127.0.0.1:6379/_FLUSHALL")
}

pub(crate) fn redirect_to_a_script(visit: &mut Visit) -> io::Result<Then> {
    redirect(visit, "javascript:alert(7351)")
}

/// A redirect to an address that is markup and control characters.
pub(crate) fn redirect_to_markup(visit: &mut Visit) -> io::Result<Then> {
    redirect(visit, &format!("http://{MARKUP}/\u{9b}31m"))
}
