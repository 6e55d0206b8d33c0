//! One thread per cluster: it finds or starts the server, watches it, starts it again when it is gone, and ends it.
//!
//! It is a thread and not a task because the kernel ties the server's life to the *thread* that started it; a thread of the runtime may end
//! at any time.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Child,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::{
    ClusterError, Options,
    binaries::{self, Binaries},
    files::{Lock, failed, lock, try_lock},
    place::{self, Place},
    postmaster::{self, Life},
    server,
};

/// How often the server is looked at; so long a crash goes unnoticed at most.
const WATCH: Duration = Duration::from_millis(200);
/// After a crash the old server's backends hold its memory for a moment, and a start is refused until they are gone.
const INSIST: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(300);
/// Between attempts once it is clear that it will not go by itself.
const LONG_PAUSE: Duration = Duration::from_secs(10);
/// A first start takes seconds, a recovery longer.
const LOCK_PATIENCE: Duration = Duration::from_secs(150);

#[derive(Debug)]
pub(crate) struct Supervisor {
    socket_dir: PathBuf,
    port: u16,
    /// Dropping it asks the thread to stop.
    stop: Option<mpsc::Sender<()>>,
    stopped: Option<oneshot::Receiver<()>>,
}

impl Supervisor {
    pub(crate) async fn start(options: Options) -> Result<Self, ClusterError> {
        let (stop, stop_asked) = mpsc::channel();
        let (report, first) = oneshot::channel();
        let (stopping, stopped) = oneshot::channel();
        thread::Builder::new()
            .name("terrein-cluster".to_owned())
            .spawn(move || {
                supervise(&options, report, &stop_asked);
                // Nobody may be waiting any more.
                let _ = stopping.send(());
            })
            .map_err(|source| ClusterError::Run { program: "a thread".to_owned(), source })?;
        let (socket_dir, port) = first.await.map_err(|_| ClusterError::Supervisor)??;
        Ok(Self { socket_dir, port, stop: Some(stop), stopped: Some(stopped) })
    }

    pub(crate) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(stopped) = self.stopped.take() {
            // An error means that the thread is gone, and the server with it.
            let _ = stopped.await;
        }
    }
}

/// A server that takes connections.
struct Running {
    port: u16,
    socket_dir: PathBuf,
    /// Whether this process started it.
    child: Option<Child>,
    caretaker: Option<Child>,
    /// Held while we use a server without durability.
    using: Option<File>,
}

type Report = oneshot::Sender<Result<(PathBuf, u16), ClusterError>>;

fn supervise(options: &Options, report: Report, stop_asked: &Receiver<()>) {
    let (mut place, mut running) = match first_start(options) {
        Ok(started) => started,
        Err(error) => {
            // The caller may have given up.
            let _ = report.send(Err(error));
            return;
        }
    };
    // Others may have started it with another socket folder; our callers keep this address, so a start of ours has to use it too.
    place.socket_dir.clone_from(&running.socket_dir);
    if report.send(Ok((running.socket_dir.clone(), running.port))).is_err() {
        return end(&place, running, options.durable);
    }
    loop {
        if watch(&place, &mut running, stop_asked) == Watched::StopAsked {
            return end(&place, running, options.durable);
        }
        tracing::warn!(cluster.folder = %place.data.display(), "PostgreSQL is gone; starting it again");
        drop(running);
        running = match again(&place, options.durable, stop_asked) {
            Some(running) => running,
            None => return,
        };
        tracing::info!(cluster.folder = %place.data.display(), "PostgreSQL runs again");
    }
}

fn first_start(options: &Options) -> Result<(Place, Running), ClusterError> {
    let data_dir = place::data_dir(&options.data_dir)?;
    let _lock = lock(&place::lock_file(&data_dir), Lock::Alone, LOCK_PATIENCE)?;
    let place = Place::prepare(&data_dir)?;
    let running = find_or_start(&place, options.durable)?;
    Ok((place, running))
}

/// The caller holds the lock.
fn find_or_start(place: &Place, durable: bool) -> Result<Running, ClusterError> {
    let began = Instant::now();
    let using = if durable { None } else { Some(lock(&place.users, Lock::Together, LOCK_PATIENCE)?) };
    if using.is_some() {
        place.account.give(&place.users)?;
    }
    if let Some(found) = find(place)? {
        tracing::debug!(cluster.folder = %place.data.display(), "PostgreSQL runs already");
        return Ok(Running { using, ..found });
    }
    let (child, binaries, made) = match start_or_make(place, durable) {
        // Written without fsync, so a machine that went down may have left anything; nobody keeps anything there.
        Err(ClusterError::Start { .. } | ClusterError::ForeignVersion { .. }) if !durable => {
            tracing::warn!(cluster.folder = %place.data.display(), "the database of the tests is broken or of another version; making a new one");
            std::fs::remove_dir_all(&place.data).map_err(failed("remove", &place.data))?;
            start_or_make(place, durable)?
        }
        started => started?,
    };
    let caretaker = if durable { None } else { Some(server::spawn_caretaker(place)?) };
    tracing::info!(
        cluster.folder = %place.data.display(),
        postgres.version = binaries.version,
        duration_ms = began.elapsed().as_millis(),
        "PostgreSQL {}",
        if made { "made and started" } else { "started" }
    );
    Ok(Running { port: crate::PORT, socket_dir: place.socket_dir.clone(), child: Some(child), caretaker, using })
}

/// The started server, what it runs on, and whether its data was made just now.
fn start_or_make(place: &Place, durable: bool) -> Result<(Child, Binaries, bool), ClusterError> {
    let made_by = server::version_of(&place.data)?;
    let binaries = binaries::find(&place.data, made_by.as_deref())?;
    if made_by.is_none() {
        server::init(place, &binaries, durable)?;
    }
    let began = Instant::now();
    loop {
        match server::start(place, &binaries, durable) {
            Ok(child) => return Ok((child, binaries, made_by.is_none())),
            Err(ClusterError::Start { tail, .. }) if tail.contains("still in use") && began.elapsed() < INSIST => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
}

/// A server that runs already, whoever started it. One that is starting up or shutting down is waited for.
fn find(place: &Place) -> Result<Option<Running>, ClusterError> {
    let until = Instant::now() + LOCK_PATIENCE;
    while let Some(found) = postmaster::read(&place.data) {
        match found.life(&place.data) {
            Life::Alive if found.answers() => {
                return Ok(Some(Running { port: found.port, socket_dir: found.socket_dir, child: None, caretaker: None, using: None }));
            }
            Life::Alive if Instant::now() < until => thread::sleep(Duration::from_millis(20)),
            Life::Alive => {
                return Err(ClusterError::Busy { lock: postmaster::pid_file(&place.data), seconds: LOCK_PATIENCE.as_secs() });
            }
            // PostgreSQL itself recovers from this; the file tells it which memory to look for.
            Life::Gone => break,
            Life::Another => {
                let file = postmaster::pid_file(&place.data);
                std::fs::remove_file(&file).map_err(failed("remove", &file))?;
            }
        }
    }
    Ok(None)
}

#[derive(PartialEq, Eq)]
enum Watched {
    StopAsked,
    Gone,
}

fn watch(place: &Place, running: &mut Running, stop_asked: &Receiver<()>) -> Watched {
    loop {
        if stop_asked_within(stop_asked, WATCH) {
            return Watched::StopAsked;
        }
        let gone = match &mut running.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => postmaster::read(&place.data).is_none_or(|found| found.life(&place.data) != Life::Alive),
        };
        if gone {
            return Watched::Gone;
        }
    }
}

/// `None` when asked to stop meanwhile.
fn again(place: &Place, durable: bool, stop_asked: &Receiver<()>) -> Option<Running> {
    let since = Instant::now();
    loop {
        let attempt = lock(&place.lock, Lock::Alone, LOCK_PATIENCE).and_then(|_lock| find_or_start(place, durable));
        let pause = match attempt {
            Ok(running) => return Some(running),
            Err(_) if since.elapsed() < INSIST => PAUSE,
            Err(error) => {
                tracing::error!(%error, "PostgreSQL does not start; trying again in {} s", LONG_PAUSE.as_secs());
                LONG_PAUSE
            }
        };
        if stop_asked_within(stop_asked, pause) {
            return None;
        }
    }
}

fn end(place: &Place, mut running: Running, durable: bool) {
    let Some(child) = &mut running.child else { return };
    // Without durability others may still be busy with it: then the caretaker ends it after them.
    let alone = durable || running.using.as_ref().is_some_and(|using| try_lock(using, Lock::Alone));
    if alone {
        server::stop(child);
        tracing::info!(cluster.folder = %place.data.display(), "PostgreSQL stopped");
        if let Some(caretaker) = &mut running.caretaker {
            // It sees within a second that the server is gone; nothing is lost by not collecting it.
            let _ = caretaker.try_wait();
        }
    }
}

fn stop_asked_within(stop_asked: &Receiver<()>, patience: Duration) -> bool {
    !matches!(stop_asked.recv_timeout(patience), Err(RecvTimeoutError::Timeout))
}
