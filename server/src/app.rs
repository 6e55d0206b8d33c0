//! App: what the server holds for its whole life. Built once, cheap to clone.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::access::Database;
use crate::access::oidc::Providers;
use crate::access::passkey::Passkeys;
use crate::access::strong::StrongSignIn;
use crate::config::Pages;
use crate::feed::hub::Hub;
use crate::files::Files;
use crate::http::buckets::Buckets;
use crate::mail::Mailer;
use crate::packs::background::Backgrounds;
use crate::schema::Graph;
use terrein_shared::clock::Clock;

#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub database: Database,
    pub audit: crate::audit::Recorder,
    pub graph: Graph,
    pub hub: Hub,
    pub mailer: Mailer,
    pub files: Files,
    pub buckets: Buckets,
    pub clock: Clock,
    /// Origin that people use, without a slash at the end.
    pub public_url: String,
    pub development: bool,
    /// Sign-in with a passkey; nothing where people come by an IP address.
    pub passkeys: Option<Passkeys>,
    /// Whether roles that see or decide a great deal ask a strong sign-in.
    pub strong_sign_in: StrongSignIn,
    /// Whether the box operator is marked: else tiles go by cell.
    pub leakproof: bool,
    pub background_tiles: Option<String>,
    pub pages: Pages,
    /// What packs stand on.
    pub pack_backgrounds: Backgrounds,
    /// Organisations where people sign in.
    pub oidc: Providers,
    /// Proxies whose word on a visitor's address counts.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Ends sockets and background work.
    pub stop: CancellationToken,
}

impl From<Inner> for App {
    fn from(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
