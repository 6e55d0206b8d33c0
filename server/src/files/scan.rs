//! A look at what came in by clamd, over its INSTREAM command.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

/// Longest that a scan may take.
const TIME: Duration = Duration::from_secs(30);
/// Bytes sent in one piece: below any `StreamMaxLength` of clamd.
const PIECE: usize = 64 * 1024;

/// Where clamd listens.
#[derive(Debug, Clone)]
pub struct Scanner(String);

impl Scanner {
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self(address.to_owned())
    }

    /// Whether nothing harmful is found in it.
    ///
    /// # Errors
    /// When clamd does not answer, or answers something else: then nothing is known.
    pub async fn is_clean(&self, bytes: &[u8]) -> anyhow::Result<bool> {
        let scan = async {
            if self.0.starts_with('/') {
                ask(UnixStream::connect(&self.0).await.context("clamd does not listen")?, bytes).await
            } else {
                ask(TcpStream::connect(&self.0).await.context("clamd does not listen")?, bytes).await
            }
        };
        tokio::time::timeout(TIME, scan).await.context("clamd does not answer")?
    }
}

async fn ask(mut clamd: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> anyhow::Result<bool> {
    clamd.write_all(b"zINSTREAM\0").await?;
    for piece in bytes.chunks(PIECE) {
        clamd.write_u32(u32::try_from(piece.len())?).await?;
        clamd.write_all(piece).await?;
    }
    clamd.write_u32(0).await?;
    clamd.flush().await?;
    let mut said = String::new();
    clamd.take(4096).read_to_string(&mut said).await?;
    let said = said.trim_end_matches(['\0', '\n']);
    if said.ends_with(" FOUND") {
        Ok(false)
    } else if said.ends_with(" OK") {
        Ok(true)
    } else {
        bail!("clamd says: {}", said.chars().take(200).collect::<String>())
    }
}
