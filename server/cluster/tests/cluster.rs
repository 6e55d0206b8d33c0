//! The private cluster on a real PostgreSQL: who starts it, who ends it, what it survives.
//!
//! Programs that are killed, and plain users, are this same test binary run again: `held_by_a_program` then does the work.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection};
use terrein_cluster::{Cluster, ClusterError, Options};

const HOLD: &str = "TERREIN_CLUSTER_HOLD";

/// A data folder of one test, with all that the test left running and elsewhere.
struct Folder(PathBuf);

impl Folder {
    /// In a place that every user can enter, with a short name: `mktemp` and the target folder may be neither.
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new("/tmp").join(format!("terrein-test-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a test folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
        Self(path)
    }

    fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    fn postgres(&self) -> PathBuf {
        self.data_dir().join("postgres")
    }

    async fn start(&self, durable: bool) -> Result<Cluster, ClusterError> {
        start(&self.data_dir(), durable).await
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        end_server(&self.postgres());
        remove_elsewhere(&self.postgres());
        // What is left in /tmp hurts nobody, and a failing test says more than its cleaning up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn remove_elsewhere(postgres: &Path) {
    if let Some(home) = fs::read_link(postgres).ok().as_deref().and_then(Path::parent) {
        let _ = fs::remove_dir_all(home);
    }
}

fn end_server(postgres: &Path) {
    if let Some(pid) = server_pid(postgres) {
        kill("INT", pid);
        wait_until("the server has ended", || server_pid(postgres).is_none_or(|now| !runs(now)));
    }
}

async fn start(data_dir: &Path, durable: bool) -> Result<Cluster, ClusterError> {
    Cluster::start(Options { data_dir: data_dir.to_owned(), durable, database: "terrein".to_owned() }).await
}

async fn ask(cluster: &Cluster, sql: &'static str) -> Result<String, sqlx::Error> {
    ask_at(&cluster.url(cluster.superuser(), "terrein"), sql).await
}

async fn ask_at(url: &str, sql: &'static str) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let answer = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(answer)
}

async fn run(cluster: &Cluster, sql: &'static str) {
    let mut connection = PgConnection::connect(&cluster.url("postgres", "terrein")).await.expect("a connection");
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("a statement");
}

fn server_pid(postgres: &Path) -> Option<u32> {
    fs::read_to_string(postgres.join("postmaster.pid")).ok()?.lines().next()?.parse().ok()
}

fn runs(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill").args(["-s", signal, &pid.to_string()]).status().expect("kill runs");
    assert!(status.success() || !runs(pid), "kill -s {signal} {pid}");
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < until, "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn wait_for_answer(cluster: &Cluster, sql: &'static str) -> String {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        match ask(cluster, sql).await {
            Ok(answer) => return answer,
            Err(error) => assert!(Instant::now() < until, "no answer: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn as_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

/// Another program with the cluster of `data_dir`, which prints its address and waits to be killed.
fn hold(exe: &Path, data_dir: &Path, mode: &str, user: Option<&str>) -> Child {
    let mut command = match user {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", "nogroup", "--clear-groups"]).arg(exe);
            command
        }
        None => Command::new(exe),
    };
    command.args(["--exact", "held_by_a_program", "--nocapture"]).env(HOLD, mode).env("TERREIN_CLUSTER_DATA", data_dir);
    // nextest sets variables that change how the binary runs its tests.
    command.env_remove("NEXTEST").stdin(Stdio::null()).stdout(Stdio::null()).current_dir("/").spawn().expect("the test binary runs again")
}

fn this_exe() -> PathBuf {
    std::env::current_exe().expect("our own path")
}

/// Not a test by itself: the other program of `hold`.
#[tokio::test]
async fn held_by_a_program() {
    let (Ok(mode), Some(data_dir)) = (std::env::var(HOLD), std::env::var_os("TERREIN_CLUSTER_DATA").map(PathBuf::from)) else { return };
    let cluster = start(&data_dir, mode == "durable").await.expect("a cluster");
    fs::write(data_dir.join("held"), cluster.url("postgres", "terrein")).expect("the address");
    tokio::time::sleep(Duration::from_secs(60)).await;
}

fn wait_for_hold(data_dir: &Path) -> String {
    let file = data_dir.join("held");
    wait_until("another program has the cluster", || fs::read_to_string(&file).is_ok_and(|url| !url.is_empty()));
    fs::read_to_string(file).expect("the address")
}

#[tokio::test]
async fn a_first_start_makes_a_private_cluster_and_a_second_finds_its_data() {
    let folder = Folder::new();
    let first = folder.start(true).await.expect("a first start");
    assert!(ask(&first, "select postgis_version()").await.is_err(), "extensions are for provisioning");
    run(&first, "create extension postgis; create table kept (word text); insert into kept values ('still here')").await;
    let settings = "select concat_ws(' ', current_setting('listen_addresses') = '', current_setting('data_checksums'), \
                    current_setting('fsync'), current_setting('jit'), current_setting('TimeZone'), current_setting('server_encoding'), \
                    current_setting('idle_in_transaction_session_timeout'))";
    assert_eq!(ask(&first, settings).await.expect("settings"), "t on on off UTC UTF8 10s");
    let mode = fs::metadata(first.socket_dir()).expect("a socket folder").mode() & 0o777;
    assert_eq!(mode, 0o700);
    first.stop().await;
    assert_eq!(server_pid(&folder.postgres()), None);

    let began = Instant::now();
    let second = folder.start(true).await.expect("a second start");
    assert!(began.elapsed() < Duration::from_secs(5), "a later start took {:?}", began.elapsed());
    assert_eq!(ask(&second, "select word from kept").await.expect("the row"), "still here");
    second.stop().await;
}

#[tokio::test]
async fn two_starts_at_once_share_one_server() {
    let folder = Folder::new();
    let (one, two) = tokio::join!(folder.start(true), folder.start(true));
    let (one, two) = (one.expect("one"), two.expect("two"));
    let started = "select pg_postmaster_start_time()::text";
    assert_eq!(ask(&one, started).await.expect("one answers"), ask(&two, started).await.expect("two answers"));
    // Whichever started it ends; the other takes over.
    one.stop().await;
    wait_for_answer(&two, "select 'heals'").await;
    two.stop().await;
}

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let folder = Folder::new();
    let cluster = folder.start(true).await.expect("a start");
    run(&cluster, "create table kept (word text); insert into kept values ('committed')").await;
    // A backend that is busy keeps the shared memory for a while: the hardest case for the new start.
    let mut busy = PgConnection::connect(&cluster.url("postgres", "terrein")).await.expect("a connection");
    let sleeper = tokio::spawn(async move { sqlx::raw_sql("select pg_sleep(30)").execute(&mut busy).await.is_err() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    kill("KILL", server_pid(&folder.postgres()).expect("a server"));
    assert_eq!(wait_for_answer(&cluster, "select word from kept").await, "committed");
    assert!(sleeper.await.expect("the busy connection"), "it was cut off");
    cluster.stop().await;
}

#[tokio::test]
async fn a_killed_program_takes_its_server_along_and_the_next_start_recovers() {
    let folder = Folder::new();
    let mut program = hold(&this_exe(), &folder.data_dir(), "durable", None);
    wait_for_hold(&folder.data_dir());
    let server = server_pid(&folder.postgres()).expect("a server");
    program.kill().expect("kill -9");
    program.wait().expect("it ended");
    // At once: the old server may still be ending.
    let cluster = folder.start(true).await.expect("the next start");
    assert!(!runs(server), "the old server has ended");
    assert_eq!(ask(&cluster, "select 'answers'").await.expect("an answer"), "answers");
    cluster.stop().await;
}

#[tokio::test]
async fn a_stale_pid_file_with_the_number_of_another_program_is_no_server() {
    let folder = Folder::new();
    folder.start(true).await.expect("a start").stop().await;
    // As after a container's restart: everything was killed, and the number belongs to something else, here to this test.
    let text = format!("{}\n{}\n1\n5432\n{}\n\n1 1\nready\n", std::process::id(), folder.postgres().display(), folder.0.display());
    fs::write(folder.postgres().join("postmaster.pid"), text).expect("a stale file");
    let cluster = folder.start(true).await.expect("the next start");
    assert_eq!(ask(&cluster, "select 'answers'").await.expect("an answer"), "answers");
    cluster.stop().await;
}

#[tokio::test]
async fn without_durability_the_server_stays_for_its_users_and_then_ends() {
    let folder = Folder::new();
    let mut program = hold(&this_exe(), &folder.data_dir(), "fast", None);
    wait_for_hold(&folder.data_dir());
    let cluster = folder.start(false).await.expect("the running one");
    let started = ask(&cluster, "select pg_postmaster_start_time()::text").await.expect("an answer");
    program.kill().expect("kill -9");
    program.wait().expect("it ended");
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(ask(&cluster, "select pg_postmaster_start_time()::text").await.expect("it stayed"), started);
    assert_eq!(ask(&cluster, "select current_setting('fsync')").await.expect("a setting"), "off");
    cluster.stop().await;
    wait_until("the caretaker ends it", || server_pid(&folder.postgres()).is_none());
}

#[tokio::test]
async fn without_durability_broken_data_is_made_anew() {
    let folder = Folder::new();
    let first = folder.start(false).await.expect("a start");
    first.stop().await;
    fs::write(folder.postgres().join("global/pg_control"), "torn").expect("a torn file");
    let second = folder.start(false).await.expect("a new one");
    assert_eq!(ask(&second, "select 'answers'").await.expect("an answer"), "answers");
    second.stop().await;
}

#[tokio::test]
async fn data_of_another_version_is_refused_with_both_versions() {
    let folder = Folder::new();
    fs::create_dir_all(folder.postgres()).expect("a folder");
    fs::write(folder.postgres().join("PG_VERSION"), "9\n").expect("a version");
    let error = folder.start(true).await.expect_err("no server for it").to_string();
    assert!(error.contains("was made by PostgreSQL 9, and this machine has PostgreSQL 1"), "{error}");
    assert!(error.contains("install postgresql-9"), "{error}");
    assert!(error.contains(&folder.postgres().display().to_string()), "{error}");
    assert_eq!(fs::read_dir(folder.postgres()).expect("untouched").count(), 1);
}

#[tokio::test]
async fn a_folder_with_other_files_is_left_alone() {
    let folder = Folder::new();
    fs::create_dir_all(folder.postgres()).expect("a folder");
    fs::write(folder.postgres().join("letter.txt"), "dear").expect("a file");
    let error = folder.start(true).await.expect_err("not a cluster");
    assert!(matches!(error, ClusterError::NotACluster { .. }), "{error}");
}

#[tokio::test]
async fn a_start_that_was_cut_off_leaves_no_trouble() {
    let folder = Folder::new();
    fs::create_dir_all(folder.data_dir().join("postgres.new/base")).expect("half a cluster");
    let cluster = folder.start(true).await.expect("a start");
    assert!(!folder.data_dir().join("postgres.new").exists());
    cluster.stop().await;
}

#[tokio::test]
async fn a_long_path_gets_a_short_socket() {
    let folder = Folder::new();
    let long = folder.0.join("a".repeat(100));
    let cluster = start(&long, true).await.expect("a start");
    assert!(cluster.socket_dir().as_os_str().len() <= 93, "{}", cluster.socket_dir().display());
    assert_eq!(fs::metadata(cluster.socket_dir()).expect("a folder").mode() & 0o777, 0o700);
    assert_eq!(ask(&cluster, "select 'answers'").await.expect("an answer"), "answers");
    let socket_dir = cluster.socket_dir().to_owned();
    cluster.stop().await;
    fs::remove_dir(socket_dir).expect("an empty folder");
}

#[tokio::test]
async fn root_with_a_closed_parent_gets_a_place_elsewhere() {
    let folder = Folder::new();
    let closed = folder.0.join("closed");
    fs::create_dir(&closed).expect("a folder");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("a mode");
    let data_dir = closed.join("data");
    let first = start(&data_dir, true).await.expect("a start");
    run(&first, "create table kept (word text); insert into kept values ('still here')").await;
    first.stop().await;
    let second = start(&data_dir, true).await.expect("a second start");
    assert_eq!(ask(&second, "select word from kept").await.expect("the row"), "still here");
    second.stop().await;

    let link = fs::read_link(data_dir.join("postgres"));
    if as_root() {
        let target = link.expect("a link to where it is");
        assert!(target.starts_with("/var/lib/terrein"), "{}", target.display());
        assert_ne!(fs::metadata(&target).expect("the data").uid(), 0, "PostgreSQL does not run as root");
        remove_elsewhere(&data_dir.join("postgres"));
    } else {
        assert!(link.is_err(), "a plain user can enter, so it is where it should be");
    }
}

#[tokio::test]
async fn a_plain_user_runs_it_as_themselves_and_root_may_use_it_too() {
    let folder = Folder::new();
    // The binary may lie where the other user cannot reach it.
    let exe = folder.0.join("tests");
    fs::copy(this_exe(), &exe).expect("a copy");
    fs::set_permissions(&exe, fs::Permissions::from_mode(0o755)).expect("a mode");
    let user = as_root().then_some("nobody");
    fs::create_dir(folder.data_dir()).expect("a folder");
    if user.is_some() {
        let nobody = Command::new("chown").arg("nobody").arg(folder.data_dir()).status().expect("chown runs");
        assert!(nobody.success());
    }
    let mut program = hold(&exe, &folder.data_dir(), "durable", user);
    let url = wait_for_hold(&folder.data_dir());
    assert_eq!(ask_at(&url, "select 'answers'").await.expect("an answer"), "answers");
    let owner = fs::metadata(folder.postgres()).expect("the data").uid();
    assert_eq!(owner, fs::metadata(folder.data_dir()).expect("the folder").uid());

    let ours = folder.start(true).await.expect("the running one");
    assert_eq!(ask(&ours, "select 'shared'").await.expect("an answer"), "shared");
    program.kill().expect("kill -9");
    program.wait().expect("it ended");
    // Now we are the one who starts it, as the user whose data it is.
    assert_eq!(wait_for_answer(&ours, "select 'heals'").await, "heals");
    ours.stop().await;
    assert_eq!(fs::metadata(folder.postgres().join("PG_VERSION")).expect("the data").uid(), owner);
}
