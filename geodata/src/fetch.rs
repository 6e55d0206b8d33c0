//! From a path or an https address to a file we may read: the one file of this crate with a network.
//!
//! An address is resolved once and connected to at what it resolved to; private and local addresses, plain http and redirects to
//! another host are refused.

use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use terrein_shared::text;
use tokio::io::AsyncWriteExt;
use url::{Host, Url};

use crate::error::{Error, Result};

/// Largest file or download.
pub const MAX_BYTES: u64 = 2 << 30;
const LIMIT: &str = "2 GB";
/// How long a server may take to answer, and to send its next bytes.
const SILENCE: Duration = Duration::from_secs(30);

/// A file to read, and what is known of it.
pub struct Fetched {
    pub path: PathBuf,
    /// Its name without folders, as kept with the run.
    pub name: String,
    /// SHA-256, hexadecimal: tells two deliveries apart.
    pub sha256: String,
    pub bytes: u64,
    /// What the server said of the version.
    pub etag: Option<String>,
}

/// Brings `from` into reach. A download lands in `folder`.
///
/// # Errors
/// [`Error::NoFile`], [`Error::TooLarge`], [`Error::Address`].
pub async fn fetch(from: &str, folder: &Path) -> Result<Fetched> {
    match Url::parse(from) {
        Ok(url) if url.scheme().len() > 1 && from.contains("://") => download(&url, folder).await,
        _ => local(Path::new(from)).await,
    }
}

async fn local(path: &Path) -> Result<Fetched> {
    let missing = || Error::NoFile { path: path.display().to_string() };
    let meta = tokio::fs::metadata(path).await.map_err(|_| missing())?;
    if !meta.is_file() {
        return Err(missing());
    }
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if meta.len() > MAX_BYTES {
        return Err(Error::TooLarge { what: name, limit: LIMIT.into() });
    }
    let path = path.canonicalize()?;
    let sha256 = checksum(path.clone()).await?;
    Ok(Fetched { path, name, sha256, bytes: meta.len(), etag: None })
}

async fn checksum(path: PathBuf) -> Result<String> {
    let work = move || -> std::io::Result<String> {
        let mut file = std::fs::File::open(path)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(text::hex(&hash.finalize())),
                n => hash.update(&buffer[..n]),
            }
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?.map_err(Error::from)
}

fn refuse(url: &Url, why: impl ToString) -> Error {
    // Without query, name and password: they may be a key.
    let mut shown = url.clone();
    shown.set_query(None);
    // Refused only for an address without a host, which has neither.
    let _ = shown.set_username("").and_then(|()| shown.set_password(None));
    Error::Address { address: shown.to_string(), why: why.to_string() }
}

/// Whether an address is one of the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && v4.octets()[2] == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            // Global unicast only; the rest is local, mapped, documentation or reserved. NAT64 and 6to4 wrap an IPv4 address.
            None => {
                let [first, second, ..] = v6.segments();
                (0x2000..0x4000).contains(&first) && !(first == 0x2001 && (second == 0xdb8 || second == 0)) && first != 0x2002
            }
        },
    }
}

async fn download(url: &Url, folder: &Path) -> Result<Fetched> {
    if url.scheme() != "https" {
        return Err(refuse(url, "only https is fetched"));
    }
    let host = url.host_str().ok_or_else(|| refuse(url, "no host"))?.to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(ip)) => vec![SocketAddr::new(ip.into(), port)],
        Some(Host::Ipv6(ip)) => vec![SocketAddr::new(ip.into(), port)],
        _ => tokio::net::lookup_host((host.as_str(), port)).await.map_err(|e| refuse(url, e))?.collect(),
    };
    if addresses.is_empty() || !addresses.iter().all(|a| is_public(a.ip())) {
        return Err(refuse(url, "this address is not on the public internet"));
    }
    let same_host = host.clone();
    let redirects = reqwest::redirect::Policy::custom(move |attempt| {
        let stays = attempt.url().scheme() == "https" && attempt.url().host_str() == Some(same_host.as_str());
        if attempt.previous().len() > 5 {
            attempt.error("too many redirects")
        } else if stays && attempt.url().port_or_known_default() == Some(port) {
            attempt.follow()
        } else {
            attempt.error("it redirects to another host")
        }
    });
    let client = reqwest::Client::builder()
        .https_only(true)
        .no_proxy()
        .redirect(redirects)
        .resolve_to_addrs(&host, &addresses)
        .connect_timeout(SILENCE)
        .read_timeout(SILENCE)
        .user_agent(concat!("terrein/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| refuse(url, e))?;
    let mut response = client.get(url.clone()).send().await.map_err(|e| refuse(url, reason(&e)))?;
    if !response.status().is_success() {
        return Err(refuse(url, format!("it answered {}", response.status())));
    }
    if response.content_length().is_some_and(|n| n > MAX_BYTES) {
        return Err(Error::TooLarge { what: url.path().to_owned(), limit: LIMIT.into() });
    }
    let etag = response.headers().get("etag").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let kind = response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let name = file_name(url, &kind);
    let path = folder.join(&name);
    let mut file = tokio::fs::File::create(&path).await?;
    let mut hash = Sha256::new();
    let mut bytes = 0u64;
    while let Some(chunk) = response.chunk().await.map_err(|e| refuse(url, reason(&e)))? {
        bytes += chunk.len() as u64;
        if bytes > MAX_BYTES {
            return Err(Error::TooLarge { what: name, limit: LIMIT.into() });
        }
        hash.update(&chunk);
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(Fetched { path, name, sha256: text::hex(&hash.finalize()), bytes, etag })
}

fn reason(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// A plain name for what was fetched: the last part of the path, with an extension by its content type when it has none.
fn file_name(url: &Url, content_type: &str) -> String {
    let last = url.path_segments().and_then(|mut s| s.next_back()).unwrap_or_default();
    let plain: String = last.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    let plain = plain.trim_start_matches('.');
    let known = crate::archive::extension(Path::new(plain));
    let extension = match content_type.split(';').next().unwrap_or_default().trim() {
        "application/geo+json" | "application/json" => "geojson",
        "application/gml+xml" | "text/xml" | "application/xml" => "gml",
        "application/zip" => "zip",
        "application/geopackage+sqlite3" => "gpkg",
        "text/csv" => "csv",
        _ => "",
    };
    match (plain, known.is_empty(), extension) {
        ("", _, "") => "download".into(),
        ("", _, extension) => format!("download.{extension}"),
        (plain, true, extension) if !extension.is_empty() => format!("{plain}.{extension}"),
        (plain, ..) => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_local_addresses_are_not_public() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(ip.parse().expect("ip")), "{ip}");
        }
        for ip in ["145.100.1.1", "2a01:1b0::1"] {
            assert!(is_public(ip.parse().expect("ip")), "{ip}");
        }
    }

    #[tokio::test]
    async fn addresses_that_are_not_fetched_say_why() {
        let folder = tempfile::tempdir().expect("folder");
        for (from, why) in [
            ("http://example.org/x.gml", "only https"),
            ("ftp://example.org/x.gml", "only https"),
            ("file:///etc/passwd", "only https"),
            ("https://127.0.0.1/x", "public internet"),
            ("https://[::1]/x", "public internet"),
        ] {
            let error = fetch(from, folder.path()).await.err().expect("refused").to_string();
            assert!(error.contains(why), "{from}: {error}");
        }
        // What may be a key is not said again.
        let error = fetch("http://naam:woord@example.org/x.gml?key=sleutel", folder.path()).await.err().expect("refused").to_string();
        assert!(error.contains("example.org/x.gml") && !["naam", "woord", "sleutel"].iter().any(|key| error.contains(key)), "{error}");
        assert!(matches!(fetch("no/such/file.gml", folder.path()).await, Err(Error::NoFile { .. })));
    }

    #[test]
    fn a_download_gets_a_plain_name() {
        let name = |url: &str, kind: &str| file_name(&Url::parse(url).expect("url"), kind);
        assert_eq!(name("https://x.nl/a/perceel.gml?key=1", ""), "perceel.gml");
        assert_eq!(name("https://x.nl/collections/perceel/items?f=json", "application/geo+json"), "items.geojson");
        assert_eq!(name("https://x.nl/", "application/zip"), "download.zip");
        assert_eq!(name("https://x.nl/a/.%2e%2f/..%2f..%2fpasswd", ""), "_2f.._2fpasswd");
    }
}
