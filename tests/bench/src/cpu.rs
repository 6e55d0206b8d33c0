//! Processor time, as the kernel counts it in nanoseconds: of this process' threads by their name, and of the database's backends.

use std::fs;

use anyhow::{Context, Result};
use sqlx::PgPool;

/// Whose time is counted: the threads of one runtime, and the backends that answer it.
pub struct Meter {
    thread: &'static str,
    backends: Vec<i32>,
}

impl Meter {
    /// Threads whose name begins with `thread`; backends of this database with this application name and role, as they are now: warm up first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new(thread: &'static str, superuser: &PgPool, application: &str, role: &str) -> Result<Self> {
        let backends = sqlx::query_scalar(
            "select pid from pg_stat_activity where datname = current_database() and application_name = $1 and usename = $2",
        )
        .bind(application)
        .bind(role)
        .fetch_all(superuser)
        .await?;
        Ok(Self { thread, backends })
    }

    /// Nanoseconds so far: (of the server, of the database).
    ///
    /// # Errors
    /// On a kernel without `schedstat`.
    pub fn read(&self) -> Result<Spent> {
        let mut spent = Spent::default();
        for task in fs::read_dir("/proc/self/task")?.flatten() {
            let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            if name.trim_end().starts_with(self.thread) {
                spent.server += nanoseconds(&task.path().join("schedstat").to_string_lossy())?;
            }
        }
        for backend in &self.backends {
            // A backend that has ended took its count along; pools here keep theirs.
            spent.database += nanoseconds(&format!("/proc/{backend}/schedstat"))?;
        }
        Ok(spent)
    }
}

fn nanoseconds(path: &str) -> Result<u64> {
    let text = fs::read_to_string(path).with_context(|| format!("{path} is not there"))?;
    text.split_whitespace().next().and_then(|number| number.parse().ok()).with_context(|| format!("{path} holds no time"))
}

/// Time spent, in nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    pub server: u64,
    pub database: u64,
}

impl Spent {
    /// What was spent since, in milliseconds per request: (server, database).
    #[must_use]
    pub fn since(self, before: Self, requests: usize) -> (f64, f64) {
        let each = |now: u64, then: u64| now.saturating_sub(then) as f64 / 1e6 / requests.max(1) as f64;
        (each(self.server, before.server), each(self.database, before.database))
    }
}
