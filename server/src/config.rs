//! Settings: flags or `TERREIN_*`; a wrong one stops the start with one clear line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;

use crate::access::strong::StrongSignIn;
use crate::files::settings::FileSettings;
use crate::http::buckets::Rates;

/// How strict the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// For people: https, no introspection.
    Production,
    /// For a newcomer and for building: loopback only; introspection, GraphiQL, mail to a folder, demo people.
    Development,
}

/// Where the database is: for every command.
#[derive(Debug, Clone, Args)]
pub struct DatabaseSettings {
    /// Folder of the private PostGIS cluster, mail of development mode and other state
    #[arg(long, env = "TERREIN_DATA_DIR", default_value = ".terrein", global = true)]
    pub data_dir: PathBuf,
    /// PostgreSQL 15+ with PostGIS 3.3+, as role terrein_app; without it terrein runs a private cluster in the data folder
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// The same database past any pooler: LISTEN, jobs, migrations
    #[arg(long, env = "TERREIN_DATABASE_DIRECT_URL", hide_env_values = true, global = true)]
    pub database_direct_url: Option<String>,
    #[arg(long, env = "TERREIN_DATABASE_URL_MIGRATOR", hide_env_values = true, global = true, hide = true)]
    pub database_url_migrator: Option<String>,
    #[arg(long, env = "TERREIN_DATABASE_URL_WORKER", hide_env_values = true, global = true, hide = true)]
    pub database_url_worker: Option<String>,
    #[arg(long, env = "TERREIN_DATABASE_URL_IMPORTER", hide_env_values = true, global = true, hide = true)]
    pub database_url_importer: Option<String>,
    #[arg(long, env = "TERREIN_DATABASE_URL_JOBS", hide_env_values = true, global = true, hide = true)]
    pub database_url_jobs: Option<String>,
    /// Superuser address, for `provision` alone
    #[arg(long, env = "TERREIN_DATABASE_URL_SUPERUSER", hide_env_values = true, global = true, hide = true)]
    pub database_url_superuser: Option<String>,
}

/// Connect options of each role.
#[derive(Debug, Clone)]
pub struct Roles {
    pub app: PgConnectOptions,
    /// LISTEN as the application, past any pooler.
    pub listen: PgConnectOptions,
    pub worker: PgConnectOptions,
    pub importer: PgConnectOptions,
    pub jobs: PgConnectOptions,
    pub migrator: PgConnectOptions,
    pub superuser: Option<PgConnectOptions>,
}

impl DatabaseSettings {
    /// The roles of a database somebody else runs: `None` when none is set.
    ///
    /// # Errors
    /// When an address is none; the line names the setting.
    pub fn external(&self) -> anyhow::Result<Option<Roles>> {
        let Some(url) = &self.database_url else { return Ok(None) };
        let parse = |url: &str, name: &str| PgConnectOptions::from_str(url).with_context(|| format!("{name} is not a PostgreSQL address"));
        let app = parse(url, "DATABASE_URL")?;
        let direct = match &self.database_direct_url {
            Some(url) => parse(url, "TERREIN_DATABASE_DIRECT_URL")?,
            None => app.clone(),
        };
        let role = |url: &Option<String>, setting: &str, role: &str| match url {
            Some(url) => parse(url, setting),
            None => Ok(direct.clone().username(role)),
        };
        Ok(Some(Roles {
            listen: direct.clone(),
            worker: role(&self.database_url_worker, "TERREIN_DATABASE_URL_WORKER", "terrein_worker")?,
            importer: role(&self.database_url_importer, "TERREIN_DATABASE_URL_IMPORTER", "terrein_importer")?,
            jobs: role(&self.database_url_jobs, "TERREIN_DATABASE_URL_JOBS", "terrein_jobs")?,
            migrator: role(&self.database_url_migrator, "TERREIN_DATABASE_URL_MIGRATOR", "terrein_migrator")?,
            superuser: self.database_url_superuser.as_deref().map(|url| parse(url, "TERREIN_DATABASE_URL_SUPERUSER")).transpose()?,
            app,
        }))
    }
}

/// Settings of `terrein serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    /// Address to listen on
    #[arg(long, env = "TERREIN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// production, or development (loopback only)
    #[arg(long, env = "TERREIN_MODE", value_enum, default_value = "production")]
    pub mode: Mode,
    /// The address people use; https and required in production
    #[arg(long, env = "TERREIN_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Mail server, e.g. smtps://user:secret@mail.example.nl
    #[arg(long, env = "TERREIN_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Sender of mail
    #[arg(long, env = "TERREIN_MAIL_FROM", default_value = "Terrein <terrein@localhost>")]
    pub mail_from: String,
    /// Database connections
    #[arg(long, env = "TERREIN_DATABASE_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub database_connections: u32,
    /// Cost a session may spend per second on questions of its own making (0: no limit, for benches)
    #[arg(long, env = "TERREIN_RATE_AD_HOC", default_value_t = 50)]
    pub rate_ad_hoc: u32,
    /// Cost a session may spend per second on the app's own questions (0: no limit, for benches)
    #[arg(long, env = "TERREIN_RATE_PERSISTED", default_value_t = 1000)]
    pub rate_persisted: u32,
    /// Tiles a session, or a visitor's address, may ask per second (0: no limit, for benches); a tenth of TERREIN_RATE_PERSISTED when not set
    #[arg(long, env = "TERREIN_RATE_TILES")]
    pub rate_tiles: Option<u32>,
    /// Certificate chain (PEM) for TLS without a proxy; read anew when it changes and at SIGHUP
    #[arg(long, env = "TERREIN_TLS_CERT")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM)
    #[arg(long, env = "TERREIN_TLS_KEY")]
    pub tls_key: Option<PathBuf>,
    /// Word that opens /metrics to a Prometheus (Authorization: Bearer …), at least 16 characters; without it /metrics is not there
    #[arg(long, env = "TERREIN_METRICS_TOKEN", hide_env_values = true, value_parser = metrics_token)]
    pub metrics_token: Option<String>,
    /// Where to report a hole in the security, for /.well-known/security.txt: mail addresses or https addresses
    #[arg(long, env = "TERREIN_SECURITY_CONTACT", value_delimiter = ',', value_parser = crate::http::security_txt::contact)]
    pub security_contact: Vec<String>,
    /// Raster or vector background of others, shown under our own layers (a MapLibre tile address)
    #[arg(long, env = "TERREIN_BACKGROUND_TILES")]
    pub background_tiles: Option<String>,
    #[command(flatten)]
    pub pages: Pages,
    /// PMTiles file with the layer `backdrop` that the background of packs is cut from; without it, from our own backdrop
    #[arg(long, env = "TERREIN_PACK_BACKGROUND")]
    pub pack_background: Option<PathBuf>,
    /// Years that events of the audit log are kept
    #[arg(long, env = "TERREIN_AUDIT_YEARS", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub audit_years: u8,
    /// Proxies in front of this server, as networks: their X-Forwarded-For is believed
    #[arg(long, env = "TERREIN_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Whether municipality, province, grid operator, admin, aanjager and park manager must sign in with a passkey or through their own
    /// organisation before their role counts: required, or offered (for trying things out); required in production when not set
    #[arg(long, env = "TERREIN_STRONG_SIGN_IN", value_enum)]
    pub strong_sign_in: Option<StrongSignIn>,
    /// File (TOML) of the organisations where people sign in with OpenID Connect: Entra ID, Keycloak
    #[arg(long, env = "TERREIN_OIDC")]
    pub oidc: Option<PathBuf>,
    #[command(flatten)]
    pub files: FileSettings,
    /// Fill an empty database with the demo terrain (development only)
    #[arg(long)]
    pub demo: bool,
}

/// What whoever runs this installation says elsewhere, for its visitors; the sign-in screen leads there.
#[derive(Debug, Clone, Args, Serialize)]
pub struct Pages {
    /// Page of the privacy statement
    #[arg(id = "privacy_page", long = "privacy-page", value_name = "ADDRESS", env = "TERREIN_PRIVACY_PAGE", value_parser = page)]
    pub privacy: Option<String>,
    /// Page of the accessibility statement
    #[arg(id = "accessibility_page", long = "accessibility-page", value_name = "ADDRESS", env = "TERREIN_ACCESSIBILITY_PAGE", value_parser = page)]
    pub accessibility: Option<String>,
    /// Page for who needs help, or the mail address that gives it (mailto:)
    #[arg(id = "help_page", long = "help-page", value_name = "ADDRESS", env = "TERREIN_HELP_PAGE", value_parser = help_page)]
    pub help: Option<String>,
}

fn page(text: &str) -> Result<String, String> {
    match url::Url::parse(text) {
        Ok(url) if url.scheme() == "https" && url.has_host() => Ok(url.into()),
        _ => Err("give an https address".to_owned()),
    }
}

fn help_page(text: &str) -> Result<String, String> {
    match url::Url::parse(text) {
        Ok(url) if url.scheme() == "mailto" && url.path().contains('@') => Ok(url.into()),
        _ => page(text).map_err(|_| "give an https or mailto address".to_owned()),
    }
}

/// A word that is not guessed.
fn metrics_token(text: &str) -> Result<String, String> {
    if text.len() >= 16 && text.chars().all(|c| c.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("give at least 16 letters, digits and signs, without spaces".to_owned())
    }
}

impl ServeSettings {
    /// What may be spent a second.
    #[must_use]
    pub fn rates(&self) -> Rates {
        Rates { ad_hoc: self.rate_ad_hoc, persisted: self.rate_persisted, tiles: self.rate_tiles.unwrap_or(self.rate_persisted / 10) }
    }

    /// What is asked of those whose role sees or decides a great deal.
    #[must_use]
    pub fn strong(&self) -> StrongSignIn {
        self.strong_sign_in.unwrap_or(match self.mode {
            Mode::Production => StrongSignIn::Required,
            Mode::Development => StrongSignIn::Offered,
        })
    }

    /// The checked public address, without a slash at the end.
    ///
    /// # Errors
    /// One line that names the setting and what is wrong with it.
    pub fn checked_public_url(&self) -> anyhow::Result<String> {
        let development = self.mode == Mode::Development;
        ensure!(
            !development || self.listen.ip().is_loopback(),
            "TERREIN_MODE=development listens on a loopback address only, not on {}",
            self.listen
        );
        ensure!(!self.demo || development, "--demo needs TERREIN_MODE=development");
        if let Some(tiles) = &self.background_tiles {
            let address = url::Url::parse(&tiles.replace(['{', '}'], "")).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            ensure!(address.is_some(), "TERREIN_BACKGROUND_TILES is not the address of tiles: {tiles}");
        }
        let Some(url) = &self.public_url else {
            ensure!(development, "TERREIN_PUBLIC_URL is required in production, for example https://terrein.example.nl");
            let scheme = if self.tls_cert.is_some() { "https" } else { "http" };
            return Ok(format!("{scheme}://localhost:{}", self.listen.port()));
        };
        let parsed = url::Url::parse(url).with_context(|| format!("TERREIN_PUBLIC_URL is not an address: {url}"))?;
        if parsed.scheme() != "https" && !development {
            bail!("TERREIN_PUBLIC_URL must be https in production: {url}");
        }
        ensure!(parsed.path() == "/" && parsed.query().is_none(), "TERREIN_PUBLIC_URL has a path; give the origin alone: {url}");
        Ok(url.trim_end_matches('/').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        serve: ServeSettings,
    }

    fn settings(args: &[&str]) -> ServeSettings {
        Cli::parse_from(std::iter::once("terrein").chain(args.iter().copied())).serve
    }

    #[test]
    fn production_needs_an_https_address() {
        assert!(settings(&[]).checked_public_url().is_err());
        assert!(settings(&["--public-url", "http://terrein.example.nl"]).checked_public_url().is_err());
        assert!(settings(&["--public-url", "https://terrein.example.nl/pad"]).checked_public_url().is_err());
        assert_eq!(
            settings(&["--public-url", "https://terrein.example.nl/"]).checked_public_url().ok().as_deref(),
            Some("https://terrein.example.nl")
        );
    }

    #[test]
    fn strong_sign_in_is_required_of_people_and_offered_to_builders() {
        assert_eq!(settings(&[]).strong(), StrongSignIn::Required);
        assert_eq!(settings(&["--mode", "development"]).strong(), StrongSignIn::Offered);
        assert_eq!(settings(&["--mode", "development", "--strong-sign-in", "required"]).strong(), StrongSignIn::Required);
    }

    #[test]
    fn development_stays_on_loopback_and_demo_in_development() {
        assert!(settings(&["--mode", "development", "--listen", "0.0.0.0:8080"]).checked_public_url().is_err());
        assert!(settings(&["--demo", "--public-url", "https://terrein.example.nl"]).checked_public_url().is_err());
        assert_eq!(settings(&["--mode", "development", "--demo"]).checked_public_url().ok().as_deref(), Some("http://localhost:8080"));
    }
}
