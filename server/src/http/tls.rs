//! TLS without a proxy: a certificate and its key from files, read anew when they change or the server is told to (SIGHUP).

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::{Context, ensure};
use tokio::signal::unix::Signal;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// A certificate that can be renewed while the server runs.
#[derive(Debug)]
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    provider: CryptoProvider,
    held: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads both files (PEM; the chain with the server's own certificate first).
    ///
    /// # Errors
    /// When one cannot be read, or the key is not the certificate's; the line names the setting.
    pub fn load(chain: &Path, key: &Path) -> anyhow::Result<Arc<Self>> {
        let provider = ring::default_provider();
        let held = RwLock::new(read(chain, key, &provider)?);
        Ok(Arc::new(Self { chain: chain.to_owned(), key: key.to_owned(), provider, held }))
    }

    /// What greets connections: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1.
    ///
    /// # Errors
    /// Never with the versions named here.
    pub fn acceptor(self: &Arc<Self>) -> anyhow::Result<TlsAcceptor> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(self.provider.clone()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again; what cannot be used is told in the log, and the one in use stays.
    fn renew(&self) {
        match read(&self.chain, &self.key, &self.provider) {
            Ok(new) => {
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = new;
                tracing::info!("certificate read anew");
            }
            Err(error) => tracing::error!("the certificate in use stays: {error:#}"),
        }
    }

    /// Keeps it fresh until `stop`: at once when `told`, and when the files were seen to change.
    pub async fn watch(self: Arc<Self>, mut told: Signal, stop: CancellationToken) {
        let mut seen = self.changed();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = told.recv() => {
                    seen = self.changed();
                    self.renew();
                }
                () = tokio::time::sleep(LOOK) => {
                    let now = self.changed();
                    if now != seen {
                        seen = now;
                        self.renew();
                    }
                }
            }
        }
    }

    /// When the files were written last.
    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.chain, &self.key].map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.held.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(chain: &Path, key: &Path, provider: &CryptoProvider) -> anyhow::Result<Arc<CertifiedKey>> {
    let of_chain = || format!("TERREIN_TLS_CERT cannot be read: {}", chain.display());
    let certificates: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(chain).with_context(of_chain)?.collect::<Result<_, _>>().with_context(of_chain)?;
    ensure!(!certificates.is_empty(), "TERREIN_TLS_CERT holds no certificate: {}", chain.display());
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| format!("TERREIN_TLS_KEY cannot be read: {}", key.display()))?;
    let pair = CertifiedKey::from_der(certificates, private, provider).context("TERREIN_TLS_KEY is not the key of TERREIN_TLS_CERT")?;
    Ok(Arc::new(pair))
}
