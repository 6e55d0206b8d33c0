//! Where the cluster lives.
//!
//! Normally all of it is in the data folder: `postgres/` (the data), `run/` (the socket), `postgres.log`. Two things can stand in the way:
//!
//! - Under root PostgreSQL runs as the user `postgres`, who cannot enter a data folder below, say, `/root`. The cluster then lives in
//!   `/var/lib/terrein/<hash>` and `postgres` in the data folder is a symbolic link to it, so that it can be found, moved and deleted.
//! - A socket's path has at most 107 bytes. With a longer one the socket goes to a short folder of its own, named after the data folder.

use std::{
    fs, io,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

use crate::{
    ClusterError, PORT,
    account::Account,
    files::{failed, make_dir, make_private_dir, set_mode},
};

/// `sun_path` holds 108 bytes, the last of which is zero.
const SOCKET_PATH_BYTES: usize = 107;

/// For a cluster that cannot live in its data folder.
const ELSEWHERE: &str = "/var/lib/terrein";

#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) account: Account,
    /// What PostgreSQL calls PGDATA.
    pub(crate) data: PathBuf,
    pub(crate) socket_dir: PathBuf,
    /// Held while somebody finds or starts the server.
    pub(crate) lock: PathBuf,
    /// Held, shared, by every process that uses a cluster without durability.
    pub(crate) users: PathBuf,
    pub(crate) log: PathBuf,
}

/// The data folder itself, made when absent, by its real path.
pub(crate) fn data_dir(given: &Path) -> Result<PathBuf, ClusterError> {
    make_dir(given, 0o700)?;
    given.canonicalize().map_err(failed("find", given))
}

pub(crate) fn lock_file(data_dir: &Path) -> PathBuf {
    data_dir.join("lock")
}

impl Place {
    /// Decides, and makes the folders. The caller holds the lock.
    pub(crate) fn prepare(data_dir: &Path) -> Result<Self, ClusterError> {
        let here = data_dir.join("postgres");
        let account = Account::for_data(&here)?;
        let lock = lock_file(data_dir);
        account.give(&lock)?;
        // By its real path: that is how the server's working folder is compared.
        let home = home(data_dir, &here, &account)?;
        let home = home.canonicalize().map_err(failed("find", &home))?;
        let socket_dir = socket_dir(&home, &account)?;
        Ok(Self { data: home.join("postgres"), socket_dir, lock, users: home.join("users"), log: home.join("postgres.log"), account })
    }
}

/// The folder that holds `postgres/`, which the account can enter.
fn home(data_dir: &Path, here: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    if let Ok(target) = fs::read_link(here) {
        let home = target.parent().unwrap_or(Path::new(ELSEWHERE)).to_owned();
        make_dir(Path::new(ELSEWHERE), 0o755)?;
        make_private_dir(&home, account)?;
        return Ok(home);
    }
    if open_to(data_dir, account)? {
        return Ok(data_dir.to_owned());
    }
    if here.exists() {
        return Err(ClusterError::Barred { folder: data_dir.to_owned(), user: account.name.clone() });
    }
    let home = elsewhere(data_dir, Path::new(ELSEWHERE));
    make_dir(Path::new(ELSEWHERE), 0o755)?;
    make_private_dir(&home, account)?;
    let target = home.join("postgres");
    std::os::unix::fs::symlink(&target, here).map_err(failed("make the link", here))?;
    tracing::info!(
        cluster.folder = %target.display(),
        "the user {} cannot enter {}, so the database lives elsewhere and {} is a link to it",
        account.name,
        data_dir.display(),
        here.display()
    );
    Ok(home)
}

/// Opens the data folder, which is ours, just wide enough: the account may pass through it, not list it. What lies above it is not ours.
fn open_to(data_dir: &Path, account: &Account) -> Result<bool, ClusterError> {
    if account.can_enter(data_dir)? {
        return Ok(true);
    }
    if !account.can_enter(data_dir.parent().unwrap_or(data_dir))? {
        return Ok(false);
    }
    let mode = fs::metadata(data_dir).map_err(failed("read", data_dir))?.mode() & 0o7777;
    std::os::unix::fs::chown(data_dir, None, Some(account.gid)).map_err(failed("change the group of", data_dir))?;
    set_mode(data_dir, mode | 0o010)?;
    account.can_enter(data_dir)
}

/// A name that is free. Whoever deletes the data folder wants to begin anew, so what an earlier link pointed to is left alone, not revived.
fn elsewhere(data_dir: &Path, base: &Path) -> PathBuf {
    let name = format!("{:016x}", hash(data_dir));
    let mut folder = base.join(&name);
    let mut number = 1;
    while fs::symlink_metadata(&folder).is_ok() {
        tracing::warn!(cluster.folder = %folder.display(), "a database of an earlier data folder with this path is left here");
        number += 1;
        folder = base.join(format!("{name}-{number}"));
    }
    folder
}

fn socket_dir(home: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    let short = |folder: PathBuf| fits(&folder).then_some(folder);
    let name = format!("terrein-{:016x}", hash(home));
    // root's own runtime folder is closed to the account, /run is not; a plain user cannot write in /run.
    let runtime = if account.other { Some(PathBuf::from("/run")) } else { std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) };
    let folder = short(home.join("run"))
        .or_else(|| runtime.filter(|r| r.is_absolute() && r.is_dir()).and_then(|r| short(r.join(&name))))
        .unwrap_or_else(|| Path::new("/tmp").join(&name));
    make_private_dir(&folder, account)?;
    check_private(&folder, account.uid)?;
    Ok(folder)
}

/// The folder's mode is all that guards the socket (any role, no password), so it is checked each time: in /tmp anyone may make a folder of
/// this name.
fn check_private(folder: &Path, owner: u32) -> Result<(), ClusterError> {
    let meta = fs::symlink_metadata(folder).map_err(failed("read", folder))?;
    if meta.is_dir() && meta.uid() == owner && meta.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(ClusterError::UnsafeSocketFolder { folder: folder.to_owned(), owner })
    }
}

fn fits(folder: &Path) -> bool {
    socket(folder, PORT).as_os_str().len() <= SOCKET_PATH_BYTES
}

pub(crate) fn socket(folder: &Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

/// FNV-1a, 64 bits: the same in every build, unlike the standard library's hasher.
fn hash(path: &Path) -> u64 {
    path.as_os_str().as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Whether the folder has no entries; a folder that is not there has none.
pub(crate) fn is_empty(folder: &Path) -> Result<bool, ClusterError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(failed("read", folder)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(hash(Path::new("a")), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn a_socket_path_has_room_for_107_bytes() {
        let folder = |bytes: usize| PathBuf::from(format!("/{}", "a".repeat(bytes - 1)));
        assert!(fits(&folder(93)));
        assert!(!fits(&folder(94)));
    }

    #[test]
    fn an_abandoned_place_is_not_taken_again() {
        let base = tempfile::tempdir().expect("a temporary folder");
        let first = elsewhere(Path::new("/root/x"), base.path());
        fs::create_dir(&first).expect("a folder");
        let second = elsewhere(Path::new("/root/x"), base.path());
        assert_ne!(first, second);
    }
}
