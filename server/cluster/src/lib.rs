//! A private PostgreSQL + PostGIS, run as a child process, for those who bring no database of their own.
//!
//! `terrein serve` uses it when no `DATABASE_URL` is set, and the tests use it without durability. The cluster listens on a unix socket in
//! a folder that only its own user (and root) can enter: there is no TCP port and there are no passwords. PostgreSQL refuses to run as
//! root, so under root it runs as the user `postgres`.
//!
//! - `binaries`: which PostgreSQL of this machine to use.
//! - `account`: as whom it runs.
//! - `place`: where data and socket live, also when the obvious folder will not do.
//! - `postmaster`: what the server says of itself in `postmaster.pid`.
//! - `server`: initdb, start, stop.
//! - `supervisor`: one thread per cluster, which starts the server, watches it and starts it again.
//!
//! Linux only: it relies on `/proc` and on `setpriv` and `flock` of util-linux.

mod account;
mod binaries;
mod error;
mod files;
mod place;
mod postmaster;
mod server;
mod supervisor;

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};

pub use error::ClusterError;
use supervisor::Supervisor;

/// The role `initdb` makes. Every cluster has the same, whoever runs it.
const SUPERUSER: &str = "postgres";

/// Part of the socket's file name only: nothing listens on TCP.
const PORT: u16 = 5432;

/// What to run, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// The `.terrein` folder, made when absent. The cluster lives in `postgres` inside it.
    pub data_dir: PathBuf,
    /// `true`: every commit reaches the disk, and the server ends together with the program that started it.
    ///
    /// `false`, for tests: no `fsync`, and the server stays for as long as any process uses it, because a test runner that gives each
    /// test its own process would otherwise take the database away from the others.
    pub durable: bool,
    /// Made when absent; lower-case letters, digits and underscores.
    pub database: String,
}

/// A running cluster. Dropping it stops the server as [`Cluster::stop`] does, without waiting.
#[derive(Debug)]
pub struct Cluster {
    supervisor: Supervisor,
}

impl Cluster {
    /// Finds the cluster of this folder running, or starts it, making it first where there is none.
    ///
    /// From here on it is watched: when the server disappears (a crash, or another program that started it and ended) it is started again.
    ///
    /// # Errors
    /// One sentence that says what to do: see [`ClusterError`].
    pub async fn start(options: Options) -> Result<Self, ClusterError> {
        check_name(&options.database)?;
        let database = options.database.clone();
        let cluster = Self { supervisor: Supervisor::start(options).await? };
        cluster.ensure_database(&database).await?;
        Ok(cluster)
    }

    /// The folder that holds the socket; mode 0700.
    pub fn socket_dir(&self) -> &Path {
        self.supervisor.socket_dir()
    }

    /// The number in the socket's name.
    pub fn port(&self) -> u16 {
        self.supervisor.port()
    }

    /// The role that may do everything: for provisioning.
    pub fn superuser(&self) -> &str {
        SUPERUSER
    }

    /// The address of `database` for `role`, as libpq and sqlx read it. The host name is not used: `host` in the query overrides it, but
    /// an address with a user and without a host is no valid URL.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!(
            "postgres://{}@localhost/{}?host={}&port={}",
            percent_encode(role),
            percent_encode(database),
            percent_encode(&self.socket_dir().to_string_lossy()),
            self.port(),
        )
    }

    /// Ends the server, and waits for it, when this process started it (without durability: and nobody else uses it). Open transactions
    /// are rolled back; what was committed stays.
    pub async fn stop(self) {
        self.supervisor.stop().await;
    }

    async fn ensure_database(&self, name: &str) -> Result<(), ClusterError> {
        let failed = |source| ClusterError::Database { name: name.to_owned(), source };
        let options = PgConnectOptions::new_without_pgpass()
            .socket(self.socket_dir())
            .port(self.port())
            .username(SUPERUSER)
            .database("postgres")
            .application_name("terrein start");
        let mut connection = options.connect().await.map_err(failed)?;
        let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        if !exists {
            // The name was checked, so quoting it is enough; DDL takes no parameters.
            let made = sqlx::query(sqlx::AssertSqlSafe(format!("create database \"{name}\""))).execute(&mut connection).await;
            if let Err(error) = made
                && !made_by_another(&error)
            {
                return Err(failed(error));
            }
        }
        connection.close().await.map_err(failed)
    }
}

/// Two processes that start at once both see no database; the second is told that it is there (42P04), or hits the catalogue's unique
/// index (23505).
fn made_by_another(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|e| e.code()).is_some_and(|code| code == "42P04" || code == "23505")
}

fn check_name(name: &str) -> Result<(), ClusterError> {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if plain && (1..=63).contains(&name.len()) { Ok(()) } else { Err(ClusterError::Name(name.to_owned())) }
}

/// RFC 3986: everything but the unreserved characters.
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_address() {
        assert_eq!(percent_encode("/a b/é"), "%2Fa%20b%2F%C3%A9");
    }

    #[test]
    fn a_database_name_is_plain() {
        assert!(check_name("terrein_2").is_ok());
        for bad in ["", "a\"b", "A", "a b", &"a".repeat(64)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
