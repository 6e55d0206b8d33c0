//! The door itself: takes connections, over TLS where there is a certificate, and serves them until the server stops. Slow talkers are
//! shown out.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::metrics::{Counted, Metrics};

/// Time for a TLS greeting.
const GREETING: Duration = Duration::from_secs(10);
/// Time for the head of a request, and for silence between two: longer than proxies keep their connections.
const SILENCE: Duration = Duration::from_secs(75);
/// Requests of one HTTP/2 connection under way.
const STREAMS: u32 = 100;
/// Pause when no connection can be taken: out of files, mostly.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves until `stop`, then finishes what is under way.
pub async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router, metrics: Arc<Metrics>, stop: CancellationToken) {
    let talks = TaskTracker::new();
    while let Some(taken) = stop.run_until_cancelled(listener.accept()).await {
        let (stream, address) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                // One that hung up before it was greeted is no fault; the others pass with time.
                if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
                    tracing::error!(%error, "a connection could not be taken");
                    tokio::time::sleep(PAUSE).await;
                }
                continue;
            }
        };
        // Answers are written whole: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let counted = Counted::new(&metrics);
        let router = router.clone();
        let service = {
            let counted = Arc::downgrade(&counted);
            service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(address));
                if let Some(counted) = counted.upgrade() {
                    request.extensions_mut().insert(counted);
                }
                router.clone().oneshot(request.map(Body::new))
            })
        };
        let (tls, stop) = (tls.clone(), stop.clone());
        talks.spawn(async move {
            let Some(tls) = tls else { return talk(stream, counted, service, stop).await };
            match tokio::time::timeout(GREETING, tls.accept(stream)).await {
                Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => talk_2(stream, counted, service, stop).await,
                Ok(Ok(stream)) => talk(stream, counted, service, stop).await,
                // Somebody who speaks no TLS, or does not trust us: theirs to tell.
                Ok(Err(_)) | Err(_) => {}
            }
        });
    }
    drop(listener);
    talks.close();
    talks.wait().await;
}

/// HTTP/1.1, which may become a socket.
async fn talk<S, F, E>(stream: impl Stream, counted: Arc<Counted>, service: S, stop: CancellationToken)
where
    S: hyper::service::Service<hyper::Request<Incoming>, Response = axum::response::Response, Future = F, Error = E> + Send + 'static,
    F: Future<Output = Result<axum::response::Response, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SILENCE);
    let mut connection = pin!(http.serve_connection(TokioIo::new(Held { stream, _counted: counted }), service).with_upgrades());
    ended(match stop.run_until_cancelled(connection.as_mut()).await {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    });
}

/// HTTP/2; sockets come by HTTP/1.1, as browsers do where the other is not offered.
async fn talk_2<S, F, E>(stream: impl Stream, counted: Arc<Counted>, service: S, stop: CancellationToken)
where
    S: hyper::service::Service<hyper::Request<Incoming>, Response = axum::response::Response, Future = F, Error = E> + Send + 'static,
    F: Future<Output = Result<axum::response::Response, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut http = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new()).keep_alive_interval(SILENCE).max_concurrent_streams(STREAMS);
    let mut connection = pin!(http.serve_connection(TokioIo::new(Held { stream, _counted: counted }), service));
    ended(match stop.run_until_cancelled(connection.as_mut()).await {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    });
}

/// Connections break off; what a request came to is told by its answer.
fn ended(connection: hyper::Result<()>) {
    if let Err(error) = connection {
        tracing::debug!(%error, "a connection broke off");
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl Stream for TcpStream {}
impl Stream for tokio_rustls::server::TlsStream<TcpStream> {}

/// A stream that is counted as long as it is open, also as a socket.
struct Held<S> {
    stream: S,
    _counted: Arc<Counted>,
}

impl<S: Stream> AsyncRead for Held<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl<S: Stream> AsyncWrite for Held<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
