//! Speech written out by a local program: what it makes is a draft.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::voice_note::TEXT;

/// Longest that a program may take over one voice note.
pub const TIME: Duration = Duration::from_secs(300);
/// Most bytes that are read of what it prints.
const PRINTED: u64 = 64 * 1024;

/// The program, with arguments of its own.
#[derive(Debug, Clone)]
pub struct Speech(Vec<String>);

impl Speech {
    /// `None` when there is no word in it.
    #[must_use]
    pub fn by(command: &str) -> Option<Self> {
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// What is said in a sound; `None` when that is nothing. The sound lies in a folder of its own, for this program alone, while it works.
    ///
    /// # Errors
    /// When the program does not run, fails, or takes too long.
    pub async fn write_out(&self, sound: &[u8]) -> anyhow::Result<Option<String>> {
        let folder = tempfile::Builder::new().prefix("terrein-speech-").tempdir().context("no folder for the speech program")?;
        let file = folder.path().join("sound");
        tokio::fs::write(&file, sound).await?;
        let [program, arguments @ ..] = self.0.as_slice() else { return Ok(None) };
        let mut child = Command::new(program)
            .args(arguments)
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("the speech program does not start")?;
        let mut printed = child.stdout.take().context("the speech program has no output")?.take(PRINTED);
        let mut said = Vec::new();
        let work = async {
            printed.read_to_end(&mut said).await?;
            // What more it prints goes nowhere, and does not keep it.
            drop(printed);
            anyhow::Ok(child.wait().await?)
        };
        let ended = tokio::time::timeout(TIME, work).await.context("the speech program takes too long")??;
        ensure!(ended.success(), "the speech program ended with {ended}");
        let text = String::from_utf8_lossy(&said);
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(TEXT).collect();
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}
