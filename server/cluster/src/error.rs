//! Why there is no cluster, each in a sentence that tells the operator what to do.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "no PostgreSQL with PostGIS found (looked in {}): install the packages postgresql and postgis with its extension for that version, \
         set PG_BINDIR to the folder of initdb and postgres, or give the address of a database in DATABASE_URL",
        list(.searched)
    )]
    NotFound { searched: Vec<PathBuf> },

    #[error("PG_BINDIR is {}, but {reason}", .folder.display())]
    PgBindir { folder: PathBuf, reason: String },

    #[error(
        "{} was made by PostgreSQL {made_by}, and this machine has PostgreSQL {found}: install postgresql-{made_by} and \
         postgresql-{made_by}-postgis-3, or move the folder away and restore a backup into a new one",
        .folder.display()
    )]
    ForeignVersion { folder: PathBuf, made_by: String, found: String },

    #[error("{} holds files but no PostgreSQL cluster: move it away, or name another data folder", .folder.display())]
    NotACluster { folder: PathBuf },

    #[error(
        "PostgreSQL does not run as root, and this machine has no user postgres: install the package postgresql, or start as another user"
    )]
    NoServerUser,

    #[error("the user {user} cannot enter {}, and the data of PostgreSQL is in it: open the folder to {user} (chmod o+x), or move the data folder", .folder.display())]
    Barred { folder: PathBuf, user: String },

    #[error("{} belongs to another user (uid {owner}): start as that user, or name another data folder", .folder.display())]
    NotOurs { folder: PathBuf, owner: u32 },

    #[error("{} is not a folder of mode 0700 that belongs to uid {owner}: remove it and start again", .folder.display())]
    UnsafeSocketFolder { folder: PathBuf, owner: u32 },

    #[error("another process holds {} for longer than {seconds} s", .lock.display())]
    Busy { lock: PathBuf, seconds: u64 },

    #[error("cannot {action} {}: {source}", .path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },

    #[error("cannot run {program}: {source}")]
    Run { program: String, source: io::Error },

    #[error("initdb failed: {output}")]
    Initdb { output: String },

    #[error("PostgreSQL did not start; its log ({}) ends with:\n{tail}", .log.display())]
    Start { log: PathBuf, tail: String },

    #[error("{0:?} is not a database name: lower-case letters, digits and underscores, at most 63")]
    Name(String),

    #[error("cannot make the database {name}: {source}")]
    Database { name: String, source: sqlx::Error },

    #[error("the thread that watches PostgreSQL ended")]
    Supervisor,
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
}
