//! Settings of photos and sound.

use std::time::Duration;

use clap::Args;

/// Where photos and sound lie, and what looks at them.
#[derive(Debug, Clone, Args)]
pub struct FileSettings {
    /// Bucket of an S3 store for photos and sound; without one they lie in `files` in the data folder
    #[arg(long, env = "TERREIN_S3_BUCKET")]
    pub s3_bucket: Option<String>,
    /// Address of an S3 store that is not Amazon's
    #[arg(long, env = "TERREIN_S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,
    /// Region of the S3 store
    #[arg(long, env = "TERREIN_S3_REGION", default_value = "eu-west-1")]
    pub s3_region: String,
    /// Key of the S3 store
    #[arg(long, env = "TERREIN_S3_ACCESS_KEY", hide_env_values = true, requires = "s3_secret_key")]
    pub s3_access_key: Option<String>,
    /// Secret of that key
    #[arg(long, env = "TERREIN_S3_SECRET_KEY", hide_env_values = true, requires = "s3_access_key")]
    pub s3_secret_key: Option<String>,
    /// Where clamd listens (host:port, or the path of its socket): every photo and voice note is scanned before it is shown, and waits while
    /// clamd is away
    #[arg(long, env = "TERREIN_CLAMD")]
    pub clamd: Option<String>,
    /// Local program that writes out speech: it gets the path of a sound as its last argument and prints the text; what it makes is a draft
    #[arg(long, env = "TERREIN_SPEECH_COMMAND")]
    pub speech_command: Option<String>,
    /// Days that the sound of a voice note is kept; its text stays
    #[arg(long, env = "TERREIN_SOUND_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub sound_days: u16,
    /// Hours that an upload that stopped can be taken up again
    #[arg(long, env = "TERREIN_UPLOAD_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub upload_hours: u16,
}

impl FileSettings {
    /// How long an upload waits for its next part.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.upload_hours) * 3600)
    }
}
