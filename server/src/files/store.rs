//! The store of bytes: a folder that is synced to disk, or an S3 store. What was put is there after the power fails.

use std::path::Path as File;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig};

use super::settings::FileSettings;
use crate::error::{Error, Result};

/// Longest that a store elsewhere may take over one object.
const ANSWER: Duration = Duration::from_secs(20);

/// Where bytes lie, by name: `photo/<id>/…`, `voice-note/<id>/…`, `upload/<id>/…`.
#[derive(Clone)]
pub struct Store(Arc<dyn ObjectStore>);

impl Store {
    /// The store that the settings name; without one `files` in the data folder.
    ///
    /// # Errors
    /// One line that names the setting, or the folder that cannot be made.
    pub fn open(settings: &FileSettings, data_dir: &File) -> anyhow::Result<Self> {
        let Some(bucket) = &settings.s3_bucket else {
            let folder = data_dir.join("files");
            std::fs::create_dir_all(&folder).with_context(|| format!("the folder for photos cannot be made: {}", folder.display()))?;
            let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true).with_automatic_cleanup(true);
            return Ok(Self(Arc::new(store)));
        };
        // The client of the store asks for the provider of the whole process; that it is set already is no fault.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let insecure = settings.s3_endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(&settings.s3_region)
            .with_allow_http(insecure)
            .with_retry(RetryConfig { max_retries: 3, retry_timeout: ANSWER, backoff: BackoffConfig::default() })
            .with_client_options(
                ClientOptions::new().with_allow_http(insecure).with_timeout(ANSWER).with_connect_timeout(Duration::from_secs(5)),
            );
        if let Some(endpoint) = &settings.s3_endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let (Some(key), Some(secret)) = (&settings.s3_access_key, &settings.s3_secret_key) {
            builder = builder.with_access_key_id(key).with_secret_access_key(secret);
        }
        Ok(Self(Arc::new(builder.build().context("the S3 store of TERREIN_S3_BUCKET cannot be used")?)))
    }

    /// Puts an object; it is durable when this returns.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the store does not take it.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.0.put(&Path::from(name), bytes.into()).await.map(drop).map_err(away)
    }

    /// The whole of an object.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the store does not give it.
    pub async fn read(&self, name: &str) -> Result<Bytes> {
        self.0.get(&Path::from(name)).await.map_err(away)?.bytes().await.map_err(away)
    }

    /// Objects one after the other, as one.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn joined(&self, names: &[String]) -> Result<Bytes> {
        let mut all = BytesMut::new();
        for name in names {
            all.extend_from_slice(&self.read(name).await?);
        }
        Ok(all.freeze())
    }

    /// Part of an object as a stream: from byte `range.start` up to, without, `range.end`.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn stream(&self, name: &str, range: std::ops::Range<u64>) -> Result<BoxStream<'static, object_store::Result<Bytes>>> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        Ok(self.0.get_opts(&Path::from(name), options).await.map_err(away)?.into_stream())
    }

    /// Removes these objects; one that is not there is gone already.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn remove(&self, names: &[String]) -> Result<()> {
        for name in names {
            self.gone(Path::from(name.as_str())).await?;
        }
        Ok(())
    }

    /// Removes everything below a name.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn wipe(&self, folder: &str) -> Result<()> {
        let mut below = self.0.list(Some(&Path::from(folder)));
        while let Some(object) = below.try_next().await.map_err(away)? {
            self.gone(object.location).await?;
        }
        Ok(())
    }

    async fn gone(&self, path: Path) -> Result<()> {
        match self.0.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(away(error)),
        }
    }
}

fn away(error: object_store::Error) -> Error {
    Error::Unavailable(error.into())
}
