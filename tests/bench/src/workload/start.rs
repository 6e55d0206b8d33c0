//! Start of the binary on an existing data folder, and what it takes while nobody asks anything.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::How;
use crate::outcome::{Must, Outcome, median, percentile};

const STARTS: usize = 5;
const IDLE: Duration = Duration::from_secs(5);
const LISTEN: &str = "127.0.0.1:18653";

pub fn run(_: &How) -> Result<Outcome> {
    let mut outcome = Outcome::new("start");
    let binary = binary()?;
    let folder = tempfile::tempdir()?;
    Server::start(&binary, folder.path())?.0.stop()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let (server, took) = Server::start(&binary, folder.path())?;
        times.push(took.as_secs_f64() * 1e3);
        server.stop()?;
    }
    let (server, _) = Server::start(&binary, folder.path())?;
    std::thread::sleep(IDLE);
    let memory = server.status("VmRSS:")? / 1e3;
    let before = server.busy()?;
    std::thread::sleep(IDLE);
    let busy = (server.busy()? - before) / IDLE.as_secs_f64() * 100.0;
    server.stop()?;
    outcome
        .hold("start to ready", median(times.clone()), "ms", Must::Below(1000.0))
        .tell("slowest start", percentile(&mut times, 1.0), "ms")
        .hold("idle memory of the server", memory, "MB", Must::Below(60.0))
        .tell("idle, of one core", busy, "%");
    Ok(outcome)
}

/// The program beside this one.
fn binary() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let path = here.with_file_name("terrein");
    ensure!(path.exists(), "{} is not there: build it first (cargo build -p terrein, with the same profile)", path.display());
    Ok(path)
}

struct Server(Child);

impl Server {
    /// Starts it and waits until it is ready.
    fn start(binary: &Path, folder: &Path) -> Result<(Self, Duration)> {
        let started = Instant::now();
        let child = Command::new(binary)
            .args(["serve", "--mode", "development", "--listen", LISTEN, "--data-dir"])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the program does not start")?;
        let mut server = Self(child);
        while started.elapsed() < Duration::from_secs(60) {
            if ready() {
                return Ok((server, started.elapsed()));
            }
            if let Some(status) = server.0.try_wait()? {
                bail!("the program ended: {status}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("not ready within a minute")
    }

    fn stop(mut self) -> Result<()> {
        if let Some(pid) = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw) {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        self.0.wait()?;
        Ok(())
    }

    /// A number of `/proc/<pid>/status`, in kB.
    fn status(&self, name: &str) -> Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Processor time so far of the server and of its database's processes, in seconds.
    fn busy(&self) -> Result<f64> {
        let mut family = vec![self.0.id()];
        let mut nanoseconds = 0.0;
        while let Some(pid) = family.pop() {
            for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
                let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
                family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
                let time = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
                nanoseconds += time.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or_default();
            }
        }
        Ok(nanoseconds / 1e9)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only when a measure failed halfway; a stopped child is past being killed.
        let _ = self.0.kill();
    }
}

fn ready() -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(LISTEN) else { return false };
    let mut answer = [0; 15];
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.starts_with(b"HTTP/1.1 200")
}
