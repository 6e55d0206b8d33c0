//! As whom PostgreSQL runs: as ourselves, or as the user `postgres` when we are root.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use crate::{ClusterError, files::failed};

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Whether children have to change to it.
    pub(crate) other: bool,
}

impl Account {
    /// The account for a cluster in `data`: under root the owner of what is there already, so that a folder made by a plain user stays
    /// theirs, else the user `postgres`.
    pub(crate) fn for_data(data: &Path) -> Result<Self, ClusterError> {
        let ourselves = rustix::process::geteuid().as_raw();
        let owner = fs::metadata(data).ok().map(|m| (m.uid(), m.gid()));
        if ourselves != 0 {
            return match owner {
                Some((uid, _)) if uid != ourselves => Err(ClusterError::NotOurs { folder: data.to_owned(), owner: uid }),
                _ => Ok(Self { name: format!("uid {ourselves}"), uid: ourselves, gid: rustix::process::getegid().as_raw(), other: false }),
            };
        }
        match owner {
            Some((uid, gid)) if uid != 0 => Ok(Self { name: format!("uid {uid}"), uid, gid, other: true }),
            _ => Self::postgres(),
        }
    }

    fn postgres() -> Result<Self, ClusterError> {
        // getent and not /etc/passwd, so that users of a directory service count too.
        let output = run(Command::new("getent").args(["passwd", "postgres"]))?;
        let line = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut fields = line.trim().split(':').skip(2).map(str::parse::<u32>);
        match (fields.next(), fields.next()) {
            (Some(Ok(uid)), Some(Ok(gid))) if uid != 0 => Ok(Self { name: "postgres".to_owned(), uid, gid, other: true }),
            _ => Err(ClusterError::NoServerUser),
        }
    }

    /// A short-lived command as this account.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if self.other {
            // The standard library also drops root's supplementary groups here.
            command.uid(self.uid).gid(self.gid);
        }
        clean(&mut command);
        command
    }

    /// Whether this account can pass through `folder`. Asked of the kernel by a child, because mode bits do not tell about ACLs and mounts.
    pub(crate) fn can_enter(&self, folder: &Path) -> Result<bool, ClusterError> {
        if !self.other {
            return Ok(true);
        }
        let mut command = self.command(Path::new("test"));
        Ok(run(command.arg("-x").arg(folder))?.status.success())
    }

    /// Makes `path` theirs.
    pub(crate) fn give(&self, path: &Path) -> Result<(), ClusterError> {
        if !self.other {
            return Ok(());
        }
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid)).map_err(failed("change the owner of", path))
    }
}

/// Runs a command to its end, without input, in a folder that every user can enter.
pub(crate) fn run(command: &mut Command) -> Result<std::process::Output, ClusterError> {
    command
        .stdin(Stdio::null())
        .current_dir("/")
        .output()
        .map_err(|source| ClusterError::Run { program: command.get_program().to_string_lossy().into_owned(), source })
}

/// The server gets none of our environment: it may hold secrets, and `PG*` variables would change what it does. What a PostgreSQL outside
/// the usual folders needs to find its libraries stays.
pub(crate) fn clean(command: &mut Command) {
    command.env_clear().env("LC_ALL", "C.UTF-8");
    for name in ["PATH", "LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}
