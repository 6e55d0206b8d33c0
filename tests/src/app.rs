//! The real server on a port of its own, over a test's database.

use std::sync::Arc;

use clap::Parser;
use terrein::app::App;
use terrein::commands::serve;
use terrein::config::{DatabaseSettings, Roles, ServeSettings};
use terrein::http::{Edge, listen, router_at};
use terrein::jobs::files;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::database::TestDatabase;

/// A running server; ends with the test.
pub struct TestApp {
    pub database: Arc<TestDatabase>,
    pub url: String,
    pub mail: tempfile::TempDir,
    /// What its doors open to: for a test with doors of its own.
    pub app: App,
    stop: CancellationToken,
}

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    serve: ServeSettings,
    #[command(flatten)]
    database: DatabaseSettings,
}

impl TestApp {
    /// Over an empty database.
    pub async fn new() -> Self {
        Self::over(TestDatabase::new().await, &[]).await
    }

    /// Over the demo terrain.
    pub async fn demo() -> Self {
        Self::over(TestDatabase::demo().await, &[]).await
    }

    /// With settings of its own; a second one over the same database too.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn over(database: impl Into<Arc<TestDatabase>>, flags: &[&str]) -> Self {
        let database = database.into();
        let roles = database.roles();
        Self::with(database, roles, flags).await
    }

    /// Connected as other roles than the usual ones: for benches, which look past the policies.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn with(database: Arc<TestDatabase>, roles: Roles, flags: &[&str]) -> Self {
        let mail = tempfile::tempdir().expect("a folder for mail");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let listen = address.to_string();
        let folder = mail.path().to_string_lossy().into_owned();
        let usual =
            [("--mode", "development"), ("--listen", &listen), ("--data-dir", &folder), ("--rate-ad-hoc", "0"), ("--rate-persisted", "0")];
        let mut args = vec!["terrein"];
        // A test's own settings stand instead of the usual ones.
        args.extend(usual.iter().filter(|(name, _)| !flags.contains(name)).flat_map(|(name, value)| [*name, *value]));
        args.extend(flags);
        let settings = Settings::parse_from(args);
        let stop = CancellationToken::new();
        let url = format!("http://127.0.0.1:{}", address.port());
        let app = serve::build(&settings.serve, &settings.database, &roles, url.clone(), stop.clone()).await.expect("the server is built");
        tokio::spawn(app.hub.clone().run(roles.listen.clone(), stop.clone()));
        tokio::spawn(serve::keep_working(roles.jobs.clone(), app.mailer.clone(), stop.clone()));
        tokio::spawn(files::run(roles.jobs.clone(), app.files.clone(), stop.clone()));
        let edge = Edge::default();
        let metrics = edge.metrics.clone();
        tokio::spawn(listen::serve(listener, None, router_at(app.clone(), edge), metrics, stop.clone()));
        Self { database, url, mail, app, stop }
    }

    /// Runs SQL of the test's own past every policy; how many rows it touched.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn sql(&self, sql: &str) -> u64 {
        let pool = self.database.superuser().await;
        let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        pool.close().await;
        done.rows_affected()
    }

    /// One value past every policy.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn value<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let pool = self.database.superuser().await;
        let value =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&pool).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        pool.close().await;
        value
    }

    /// Waits until the feed shows all that was written before: transactions of other tests in the same cluster hold it back too.
    ///
    /// # Panics
    /// When one of them stays open for 30 s.
    pub async fn settled(&self) {
        let pool = self.database.superuser().await;
        let now: String = sqlx::query_scalar("select pg_current_xact_id()::text").fetch_one(&pool).await.expect("a transaction id");
        for _ in 0..3_000 {
            let past: bool = sqlx::query_scalar("select pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8")
                .bind(&now)
                .fetch_one(&pool)
                .await
                .expect("a snapshot");
            if past {
                pool.close().await;
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("a transaction of another test stays open");
    }

    /// Nobody.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// Somebody, signed in as people do: a link made by an operator, opened and confirmed.
    ///
    /// # Panics
    /// When nobody has the address.
    pub async fn sign_in(&self, email: &str) -> Client {
        let token = terrein::access::operator::sign_in_link(&self.database.options("terrein_worker"), email)
            .await
            .expect("the database answers")
            .unwrap_or_else(|| panic!("nobody has the address {email}"));
        let client = Client::new(&self.url, None);
        let cookie = client.open_link(&token).await.expect("the link signs in");
        Client::new(&self.url, Some(cookie))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
