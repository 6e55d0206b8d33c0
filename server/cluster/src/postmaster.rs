//! What a running server says of itself in `postmaster.pid`, and whether that is still true.

use std::{
    fs, io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use crate::place::socket;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Postmaster {
    pub(crate) pid: i32,
    pub(crate) port: u16,
    pub(crate) socket_dir: PathBuf,
    /// It says that it takes connections.
    pub(crate) ready: bool,
}

/// The file as it is now; `None` when there is none. One that is still being written reads as not ready.
pub(crate) fn read(data: &Path) -> Option<Postmaster> {
    parse(&fs::read_to_string(pid_file(data)).ok()?)
}

pub(crate) fn pid_file(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

/// Lines: pid, data folder, start time, port, socket folder, address, shared memory, state.
fn parse(text: &str) -> Option<Postmaster> {
    let mut lines = text.lines().map(str::trim);
    let pid = lines.next()?.parse().ok()?;
    let port = lines.nth(2).and_then(|line| line.parse().ok()).unwrap_or(0);
    let socket_dir = lines.next().map(PathBuf::from).unwrap_or_default();
    let ready = lines.nth(2) == Some("ready");
    Some(Postmaster { pid, port, socket_dir, ready })
}

/// What stands behind the pid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// The server of this data folder.
    Alive,
    /// Nothing, or a process that ended and was not yet collected.
    Gone,
    /// Another program: the server was killed and its number given out again, as happens in a container that starts anew.
    Another,
}

impl Postmaster {
    pub(crate) fn life(&self, data: &Path) -> Life {
        let proc = PathBuf::from(format!("/proc/{}", self.pid));
        // "123 (postgres) S 1 ..."; X and Z have ended.
        let Ok(stat) = fs::read_to_string(proc.join("stat")) else { return Life::Gone };
        let (name, rest) = stat.split_once('(').and_then(|(_, s)| s.rsplit_once(')')).unwrap_or_default();
        if rest.trim_start().starts_with(['X', 'Z']) {
            return Life::Gone;
        }
        match fs::read_link(proc.join("cwd")) {
            Ok(folder) if folder == data => Life::Alive,
            // Root in a container may not look into another user's processes: the name has to do.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && name == "postgres" => Life::Alive,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Life::Gone,
            _ => Life::Another,
        }
    }

    pub(crate) fn answers(&self) -> bool {
        self.ready && UnixStream::connect(socket(&self.socket_dir, self.port)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_of_a_running_server_is_understood() {
        let text = "4711\n/data/postgres\n1764018000\n5432\n/data/run\n\n  1234   5\nready   \n";
        let read = parse(text);
        assert_eq!(read, Some(Postmaster { pid: 4711, port: 5432, socket_dir: "/data/run".into(), ready: true }));
    }

    #[test]
    fn half_a_pid_file_is_not_ready() {
        assert_eq!(parse("4711\n/data").map(|p| p.ready), Some(false));
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_number_given_to_another_program_is_no_server() {
        let ours = i32::try_from(std::process::id()).expect("a process id");
        let me = Postmaster { pid: ours, port: 5432, socket_dir: PathBuf::new(), ready: true };
        assert_eq!(me.life(Path::new("/nowhere")), Life::Another);
    }
}
