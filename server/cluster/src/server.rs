//! initdb, start and stop of the server process.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::{fs::OpenOptionsExt, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    ClusterError, PORT, SUPERUSER,
    account::{clean, run},
    binaries::Binaries,
    files::{failed, make_private_dir},
    place::{Place, is_empty},
    postmaster,
};

/// Recovery after a crash replays the log since the last checkpoint, which can take long on a slow disk.
const PATIENCE: Duration = Duration::from_secs(120);
const LOG_LIMIT_BYTES: u64 = 8 << 20;

/// The settings follow the program, not the data folder, so a newer program brings its own. Sized for a machine with two cores and a few
/// gigabytes; whoever needs more brings a database of their own.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "cluster_name=terrein",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_line_prefix=%m [%p] %u@%d ",
    "lc_messages=C",
    "shared_buffers=256MB",
    "effective_cache_size=1GB",
    "work_mem=16MB",
    "maintenance_work_mem=128MB",
    "wal_buffers=16MB",
    "random_page_cost=1.1",
    // Compiling a query costs more than the short queries of a request take.
    "jit=off",
    "idle_in_transaction_session_timeout=10s",
    // Wherever PG* variables or a hand-edited file would put it.
    "logging_collector=off",
];
const DURABLE: &[&str] = &["max_connections=100"];
const FAST: &[&str] =
    &["max_connections=200", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB", "checkpoint_timeout=30min"];

/// The major version that made the data; `None` when there is none yet.
pub(crate) fn version_of(data: &Path) -> Result<Option<String>, ClusterError> {
    match fs::read_to_string(data.join("PG_VERSION")) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(_) if is_empty(data)? => Ok(None),
        Err(_) => Err(ClusterError::NotACluster { folder: data.to_owned() }),
    }
}

/// Makes the data folder beside its place and renames it when it is whole, so that a start that was cut off leaves nothing half done.
pub(crate) fn init(place: &Place, binaries: &Binaries, durable: bool) -> Result<(), ClusterError> {
    let fresh = place.data.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(failed("remove", &fresh))?;
    }
    make_private_dir(&fresh, &place.account)?;
    let mut initdb = place.account.command(&binaries.tool("initdb"));
    initdb.arg("-D").arg(&fresh).arg(format!("--username={SUPERUSER}"));
    // Whoever can open the socket may be any role: the folder's mode decides who can.
    initdb.args(["--auth=trust", "--data-checksums", "--locale=C.UTF-8", "--encoding=UTF8", "--no-instructions"]);
    if !durable {
        initdb.arg("--no-sync");
    }
    let output = run(&mut initdb)?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(ClusterError::Initdb { output });
    }
    let rules = fresh.join("pg_hba.conf");
    fs::write(&rules, "# The socket's folder has mode 0700; nothing listens on TCP.\nlocal all all trust\nlocal replication all trust\n")
        .map_err(failed("write", &rules))?;
    fs::rename(&fresh, &place.data).map_err(failed("rename to", &place.data))
}

/// Starts the server and waits until it takes connections.
///
/// Must be called from a thread that lives as long as the server should: a durable one gets SIGINT (a fast shutdown) from the kernel when
/// this thread ends, also when the program is killed.
pub(crate) fn start(place: &Place, binaries: &Binaries, durable: bool) -> Result<Child, ClusterError> {
    let mut command = privileges(place, durable, &binaries.tool("postgres"));
    command.arg("-D").arg(&place.data).arg("-k").arg(&place.socket_dir);
    command.args(["-p", &PORT.to_string()]);
    for setting in SETTINGS.iter().chain(if durable { DURABLE } else { FAST }) {
        command.args(["-c", setting]);
    }
    let log = open_log(place)?;
    let begin = log.metadata().map(|m| m.len()).unwrap_or(0);
    let output = log.try_clone().map_err(failed("open", &place.log))?;
    // A group of its own: Ctrl-C in the terminal is for the program, which then stops the server itself.
    command.stdin(Stdio::null()).stdout(output).stderr(log).process_group(0).current_dir("/");
    let mut child =
        command.spawn().map_err(|source| ClusterError::Run { program: "postgres through setpriv (of util-linux)".to_owned(), source })?;

    let until = Instant::now() + PATIENCE;
    loop {
        let ended = child.try_wait().ok().flatten().is_some();
        let ready = postmaster::read(&place.data).is_some_and(|p| u32::try_from(p.pid) == Ok(child.id()) && p.answers());
        if ready && !ended {
            return Ok(child);
        }
        if ended || Instant::now() >= until {
            stop(&mut child);
            return Err(ClusterError::Start { log: place.log.clone(), tail: tail(&place.log, begin) });
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// setpriv changes the user and asks for the signal at our death in the process itself, before it becomes the server.
fn privileges(place: &Place, durable: bool, program: &Path) -> Command {
    let account = &place.account;
    if !durable && !account.other {
        let mut command = Command::new(program);
        clean(&mut command);
        return command;
    }
    let mut command = Command::new("setpriv");
    clean(&mut command);
    if durable {
        command.args(["--pdeathsig", "INT"]);
    }
    if account.other {
        command.args([format!("--reuid={}", account.uid), format!("--regid={}", account.gid), "--clear-groups".to_owned()]);
    }
    command.arg("--").arg(program);
    command
}

/// A fast shutdown; after 30 s one without a last checkpoint, after 5 more the hard way. The data survives each of them.
pub(crate) fn stop(child: &mut Child) {
    for (signal, patience) in [(Signal::INT, 30), (Signal::QUIT, 5), (Signal::KILL, 5)] {
        let Some(pid) = Pid::from_raw(i32::try_from(child.id()).unwrap_or(0)) else { return };
        if matches!(child.try_wait(), Ok(Some(_))) || kill_process(pid, signal).is_err() {
            return;
        }
        let until = Instant::now() + Duration::from_secs(patience);
        while Instant::now() < until {
            if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Ends a server without durability once no process has used it for about three seconds. A small shell script, because it has to outlive
/// every process that uses the server, and runs as the server's user, so it can end nothing else.
const CARETAKER: &str = r#"
idle=0
while [ "$idle" -lt 3 ]; do
    sleep 1
    [ -e "$2/postmaster.pid" ] || exit 0
    if flock --nonblock "$1" true; then idle=$((idle + 1)); else idle=0; fi
done
exec flock "$1" sh -c '
    read -r pid <"$1/postmaster.pid" || exit 0
    [ "$(readlink "/proc/$pid/cwd")" = "$1" ] || exit 0
    kill -INT "$pid"
    while kill -0 "$pid"; do sleep 0.05; done' sh "$2"
"#;

pub(crate) fn spawn_caretaker(place: &Place) -> Result<Child, ClusterError> {
    let mut command = place.account.command(Path::new("sh"));
    command.args(["-c", CARETAKER, "sh"]).arg(&place.users).arg(&place.data);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).current_dir("/");
    command.spawn().map_err(|source| ClusterError::Run { program: "sh".to_owned(), source })
}

/// One log, and the one before it.
fn open_log(place: &Place) -> Result<File, ClusterError> {
    if fs::metadata(&place.log).is_ok_and(|m| m.len() > LOG_LIMIT_BYTES) {
        fs::rename(&place.log, place.log.with_extension("log.1")).map_err(failed("rename", &place.log))?;
    }
    let log = OpenOptions::new().append(true).create(true).mode(0o600).open(&place.log).map_err(failed("open", &place.log))?;
    place.account.give(&place.log)?;
    Ok(log)
}

/// What this start wrote, at most its last ten lines.
fn tail(log: &Path, begin: u64) -> String {
    let mut bytes = Vec::new();
    if let Ok(mut file) = File::open(log)
        && file.seek(SeekFrom::Start(begin)).is_ok()
    {
        // A log that cannot be read leaves the message with its path alone.
        let _ = file.take(64 << 10).read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
