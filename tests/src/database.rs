//! A database a test, cloned in a moment from a migrated template. The cluster is shared by all tests and keeps nothing safe.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::LazyLock;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use terrein::config::Roles;
use terrein_cluster::{Cluster, Options};
use tokio::runtime::Runtime;

/// Lives as long as the process: a test's own runtime ends with the test.
static CLUSTER: LazyLock<(Runtime, Cluster)> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime for the cluster");
    let data_dir = std::env::var_os("TERREIN_TEST_DIR").map_or_else(|| std::env::temp_dir().join("terrein-tests"), PathBuf::from);
    let options = Options { data_dir, durable: false, database: "postgres".to_owned() };
    let cluster = runtime.block_on(Cluster::start(options)).expect("the test cluster starts");
    (runtime, cluster)
});

fn cluster() -> &'static Cluster {
    // Starting blocks, which a test's runtime does not allow on its own threads.
    std::thread::spawn(|| &CLUSTER.1).join().expect("the test cluster starts")
}

fn options(role: &str, database: &str) -> PgConnectOptions {
    PgConnectOptions::from_str(&cluster().url(role, database)).expect("the cluster's own address")
}

async fn superuser(database: &str) -> PgConnection {
    PgConnection::connect_with(&options(cluster().superuser(), database)).await.expect("the test cluster answers")
}

async fn run(connection: &mut PgConnection, sql: String) {
    connection.execute(AssertSqlSafe(sql)).await.expect("a statement of the test's own");
}

/// What a template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    Migrated,
    Demo,
}

impl Template {
    /// Another name for every state of migrations and demo, so that an old template is never taken for the new one.
    fn name(self) -> String {
        let hash = |dir: &str, ends: &[&str]| {
            let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(dir);
            let mut files: Vec<PathBuf> =
                walk(&root).into_iter().filter(|path| ends.iter().any(|end| path.to_string_lossy().ends_with(end))).collect();
            files.sort();
            let mut hasher = blake3::Hasher::new();
            for file in files {
                hasher.update(&std::fs::read(file).unwrap_or_default());
            }
            hasher.finalize().to_hex()[..10].to_owned()
        };
        let migrated = hash("migrations", &[".sql", ".rs"]);
        match self {
            Self::Migrated => format!("template_{migrated}"),
            Self::Demo => format!("template_{migrated}_{}", hash("server/src/demo", &[".sql", ".rs"])),
        }
    }

    async fn make(self) -> String {
        let name = self.name();
        let mut admin = superuser("postgres").await;
        // One maker; the others wait and find it made.
        run(&mut admin, "select pg_advisory_lock(7266471, 3)".to_owned()).await;
        let made: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1 and datistemplate)")
            .bind(&name)
            .fetch_one(&mut admin)
            .await
            .expect("the catalogue answers");
        if !made {
            run(&mut admin, format!("drop database if exists {name} with (force)")).await;
            run(&mut admin, format!("create database {name}")).await;
            terrein_migrations::provision(&options(cluster().superuser(), &name)).await.expect("provisioned");
            let roles = roles(&name);
            terrein_migrations::migrate(&roles.migrator, &roles.jobs).await.expect("migrated");
            run(&mut admin, format!("alter database {name} set app.time_travel = 'on'")).await;
            if self == Self::Demo {
                terrein::commands::load_demo(&roles).await.expect("the demo is laid down");
            }
            run(&mut admin, format!("alter database {name} with is_template true")).await;
        }
        admin.close().await.expect("closed");
        name
    }
}

fn walk(dir: &std::path::Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries.flatten().flat_map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] }).collect()
}

fn roles(database: &str) -> Roles {
    Roles {
        app: options("terrein_app", database),
        listen: options("terrein_app", database),
        worker: options("terrein_worker", database),
        importer: options("terrein_importer", database),
        jobs: options("terrein_jobs", database),
        migrator: options("terrein_migrator", database),
        superuser: Some(options(cluster().superuser(), database)),
    }
}

/// A database of one test; dropped with it.
pub struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// Migrated and empty.
    pub async fn new() -> Self {
        Self::of(Template::Migrated).await
    }

    /// With the demo terrain.
    pub async fn demo() -> Self {
        Self::of(Template::Demo).await
    }

    async fn of(template: Template) -> Self {
        let template = template.make().await;
        let name = format!("test_{}", terrein_shared::id::new_id().simple());
        let mut admin = superuser("postgres").await;
        run(&mut admin, format!("create database {name} template {template} strategy wal_log")).await;
        // Settings of a database do not come along with its template.
        run(&mut admin, format!("alter database {name} set app.time_travel = 'on'")).await;
        admin.close().await.expect("closed");
        // Grants on the database do not either.
        terrein_migrations::provision(&options(cluster().superuser(), &name)).await.expect("provisioned");
        Self { name }
    }

    /// How a role connects: `terrein_app`, `terrein_importer` …
    #[must_use]
    pub fn options(&self, role: &str) -> PgConnectOptions {
        options(role, &self.name)
    }

    /// The same as an address, as a setting has it.
    #[must_use]
    pub fn url(&self, role: &str) -> String {
        cluster().url(role, &self.name)
    }

    /// Takes the database away from everybody who is connected, or gives it back.
    ///
    /// # Panics
    /// When the cluster does not answer.
    pub async fn away(&self, away: bool) {
        let name = &self.name;
        let mut admin = superuser("postgres").await;
        run(&mut admin, format!("alter database {name} with allow_connections {}", !away)).await;
        if away {
            run(&mut admin, format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")).await;
        }
        admin.close().await.expect("closed");
    }

    #[must_use]
    pub fn roles(&self) -> Roles {
        roles(&self.name)
    }

    /// A pool as a role.
    ///
    /// # Panics
    /// When the cluster does not answer.
    pub async fn pool(&self, role: &str) -> PgPool {
        PgPoolOptions::new().max_connections(4).connect_with(self.options(role)).await.expect("the test cluster answers")
    }

    /// A pool past every policy, for what only a test may look at.
    ///
    /// # Panics
    /// When the cluster does not answer.
    pub async fn superuser(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(2)
            .connect_with(options(cluster().superuser(), &self.name))
            .await
            .expect("the test cluster answers")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut admin = superuser("postgres").await;
                run(&mut admin, format!("drop database if exists {name} with (force)")).await;
            });
        });
        // A database that could not be dropped is the next run's rubbish, not this test's failure.
        let _ = dropping.join();
    }
}
