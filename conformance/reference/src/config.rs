//! What the integration must be told. Secrets are kept apart, so that no log line can show one by accident.

use std::{fmt, path::PathBuf};

use crate::{sabotage::Lie, variant::Choice};

/// Everything that differs between one installation and another.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where HubSpot answers; no slash at the end.
    pub hubspot_base_url: String,
    /// The portal's OAuth access token.
    pub access_token: Secret,
    /// How a new access token is got when that one has expired.
    pub refresh: Option<RefreshCredentials>,
    /// The developer account's key, for the calling settings.
    pub developer_key: Secret,
    /// The app that the calls are logged for.
    pub app_id: String,
    /// Where HubSpot reaches this integration; left out: where it listens.
    pub public_url: Option<String>,
    /// The PEM files of a certificate and its key: recordings are then served over HTTPS, on a port of their own.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The lie to tell, if any.
    pub lie: Option<Lie>,
    /// What is done in another way that is as right, if anything.
    pub variant: Option<Choice>,
}

/// What OAuth's refresh grant asks for.
#[derive(Clone, Debug)]
pub struct RefreshCredentials {
    /// The refresh token.
    pub refresh_token: Secret,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: Secret,
}

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a value from being printed.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that must send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}
