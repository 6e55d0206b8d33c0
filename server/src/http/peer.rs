//! Who is at the other end: the connection's address, or what a proxy we trust says of it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::app::App;

/// The address a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub Option<IpAddr>);

impl<S> FromRequestParts<S> for Peer
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let app = App::from_ref(state);
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self(connection.map(|address| origin(address, &parts.headers, &app.trusted_proxies))))
    }
}

/// The last hop in `X-Forwarded-For` that is no proxy of ours; the header counts only when one of ours sent it.
fn origin(connection: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_ours = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_ours(&connection) {
        return connection;
    }
    let hops: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|hop| hop.trim().parse().ok())
        .collect();
    hops.iter().rev().find(|hop| !is_ours(hop)).copied().unwrap_or(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_proxy_is_believed() {
        let trusted = ["10.0.0.0/8".parse().expect("a net")];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7, 10.0.0.2".parse().expect("a header"));
        let ip = |text: &str| -> IpAddr { text.parse().expect("an address") };
        assert_eq!(origin(ip("10.0.0.1"), &headers, &trusted), ip("198.51.100.7"));
        assert_eq!(origin(ip("203.0.113.50"), &headers, &trusted), ip("203.0.113.50"));
        assert_eq!(origin(ip("10.0.0.1"), &HeaderMap::new(), &trusted), ip("10.0.0.1"));
    }
}
