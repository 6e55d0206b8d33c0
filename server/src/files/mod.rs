//! Files: photos and sound on their way in (tus), in the store, and made ready.
//!
//! A part that arrives is an object of its own (`upload/<id>/…`), so that any node takes the next; what is whole is a row of `photo` or
//! `voice_note` in the same transaction, and a line of work for `jobs/files.rs`, which makes of it what is shown.

pub mod picture;
pub mod scan;
pub mod settings;
pub mod sound;
pub mod speech;
pub mod store;
pub mod upload;

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{Notify, Semaphore};

use self::scan::Scanner;
use self::settings::FileSettings;
use self::speech::Speech;
use self::store::Store;

/// Parts that are taken in at once by one node: each holds a megabyte.
const RECEIVING: usize = 64;

/// What photos and sound need, for the server's whole life.
#[derive(Clone)]
pub struct Files {
    pub store: Store,
    pub scanner: Option<Scanner>,
    pub speech: Option<Speech>,
    /// How long the sound of a voice note is kept.
    pub sound_kept: TimeDelta,
    /// How long an upload waits for its next part.
    pub patience: TimeDelta,
    /// Something came in on this node.
    pub came: Arc<Notify>,
    /// One photo at a time is held unpacked.
    pub unpacking: Arc<Semaphore>,
    pub receiving: Arc<Semaphore>,
}

impl Files {
    /// # Errors
    /// A wrong setting, in one line.
    pub fn new(settings: &FileSettings, data_dir: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            store: Store::open(settings, data_dir)?,
            scanner: settings.clamd.as_deref().map(Scanner::at),
            speech: settings.speech_command.as_deref().and_then(Speech::by),
            sound_kept: TimeDelta::days(i64::from(settings.sound_days)),
            patience: TimeDelta::from_std(settings.patience())?,
            came: Arc::new(Notify::new()),
            unpacking: Arc::new(Semaphore::new(1)),
            receiving: Arc::new(Semaphore::new(RECEIVING)),
        })
    }
}
