//! Small file helpers whose errors name the file.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::fs::FlockOperation;

use crate::{ClusterError, account::Account};

/// For `map_err`: what was being done, to what.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
    move |source| ClusterError::Io { action, path: path.to_owned(), source }
}

/// Makes a folder, and those above it, with `mode`; leaves an existing one as it is. Tells whether it was made.
pub(crate) fn make_dir(path: &Path, mode: u32) -> Result<bool, ClusterError> {
    if path.is_dir() {
        return Ok(false);
    }
    fs::DirBuilder::new().recursive(true).mode(mode).create(path).map_err(failed("make", path))?;
    set_mode(path, mode)?;
    Ok(true)
}

/// A folder that `account` alone can enter (and root).
pub(crate) fn make_private_dir(path: &Path, account: &Account) -> Result<(), ClusterError> {
    if make_dir(path, 0o700)? {
        account.give(path)?;
    }
    Ok(())
}

/// Regardless of the umask.
pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<(), ClusterError> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed("set the mode of", path))
}

/// Opened for reading and writing, made when absent, never emptied, private.
pub(crate) fn open(path: &Path) -> Result<File, ClusterError> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(failed("open", path))
}

/// Waits for a lock that ends with the file handle (so also with the process), at most `patience`.
pub(crate) fn lock(path: &Path, kind: Lock, patience: Duration) -> Result<File, ClusterError> {
    let file = open(path)?;
    let until = Instant::now() + patience;
    while !try_lock(&file, kind) {
        if Instant::now() >= until {
            return Err(ClusterError::Busy { lock: path.to_owned(), seconds: patience.as_secs() });
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(file)
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    Alone,
    Together,
}

/// `false` when somebody else holds it. Also turns a shared lock of the same handle into an exclusive one.
pub(crate) fn try_lock(file: &File, kind: Lock) -> bool {
    let operation = match kind {
        Lock::Alone => FlockOperation::NonBlockingLockExclusive,
        Lock::Together => FlockOperation::NonBlockingLockShared,
    };
    rustix::fs::flock(file, operation).is_ok()
}
