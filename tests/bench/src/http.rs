//! Load: some connections that ask one thing over and over, written to be cheap beside what is measured.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connections at once: as many as a session may ask at once.
pub const CONNECTIONS: usize = 8;

/// One question, as bytes on the wire.
#[derive(Clone)]
pub struct Question {
    pub address: String,
    pub bytes: Vec<u8>,
}

impl Question {
    #[must_use]
    pub fn get(address: &str, path: &str, cookie: Option<&str>) -> Self {
        let cookie = cookie.map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
        Self { address: address.to_owned(), bytes: format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{cookie}\r\n").into_bytes() }
    }

    #[must_use]
    pub fn post(address: &str, path: &str, cookie: Option<&str>, json: &serde_json::Value) -> Self {
        let cookie = cookie.map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
        let body = json.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\n{cookie}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Self { address: address.to_owned(), bytes: (head + &body).into_bytes() }
    }
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("nobody listens on {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 1 << 20] })
    }

    /// Asks, and reads the whole answer: its body.
    ///
    /// # Errors
    /// For any status but 200, and for an answer without a length.
    pub async fn ask(&mut self, question: &Question) -> Result<&[u8]> {
        self.stream.write_all(&question.bytes).await?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let more = self.stream.read(&mut self.buffer[filled..]).await?;
            ensure!(more > 0, "the connection was closed");
            filled += more;
            let Some(head) = self.buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let text = std::str::from_utf8(&self.buffer[..head])?.to_ascii_lowercase();
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|number| number.trim().parse::<usize>().ok());
            let Some(length) = length else { bail!("an answer without a length: {text}") };
            let end = head + 4 + length;
            self.buffer.resize(self.buffer.len().max(end), 0);
            self.stream.read_exact(&mut self.buffer[filled.min(end)..end]).await?;
            let body = &self.buffer[head + 4..end];
            ensure!(text.starts_with("http/1.1 200"), "{text}\n{}", String::from_utf8_lossy(body));
            return Ok(body);
        }
    }
}

/// What a round of load gave.
#[derive(Default)]
pub struct Load {
    /// Milliseconds of each answer.
    pub times: Vec<f64>,
    pub wall: Duration,
}

/// Asks over [`CONNECTIONS`] connections for some time.
///
/// # Errors
/// At the first answer that is no answer.
pub async fn load(question: &Question, length: Duration) -> Result<Load> {
    let started = Instant::now();
    let asking: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let question = question.clone();
            tokio::spawn(async move {
                let mut connection = Connection::open(&question.address).await?;
                let mut times = Vec::new();
                while started.elapsed() < length {
                    let asked = Instant::now();
                    connection.ask(&question).await?;
                    times.push(asked.elapsed().as_secs_f64() * 1e3);
                }
                Ok::<_, anyhow::Error>(times)
            })
        })
        .collect();
    let mut load = Load::default();
    for one in asking {
        load.times.extend(one.await??);
    }
    load.wall = started.elapsed();
    Ok(load)
}
