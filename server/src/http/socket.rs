//! Subscriptions: graphql-transport-ws. Only subscriptions run here; each look at the database is made as the person who opened it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response as Answer};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use tokio::sync::Notify;

use super::graphql::from_ours;
use super::problem::Problem;
use super::session::{Session, is_own_origin};
use crate::access::policy::Denial;
use crate::app::App;
use crate::error::Error;
use crate::feed::hub::Subscriber;
use crate::schema::{Graph, limits};
use crate::texts::Language;

/// Subscriptions on one socket at once.
const SUBSCRIPTIONS: usize = 20;
/// Time for `connection_init`.
const INIT: Duration = Duration::from_secs(10);
/// Longest text of a message.
const MESSAGE: usize = 64 * 1024;

/// `/graphql/ws`
pub async fn upgrade(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    protocol: GraphQLProtocol,
    socket: WebSocketUpgrade,
) -> Response {
    if !is_own_origin(&headers, &app) {
        return Problem::of(&Error::Forbidden(Denial::NotYours), session.language).into_response();
    }
    let subscriber = Subscriber::new(app.database.clone(), session.hash, app.hub.clone());
    let door = Door { graph: app.graph.clone(), open: Arc::new(AtomicUsize::new(0)), language: session.language };
    socket.protocols(ALL_WEBSOCKET_PROTOCOLS).max_message_size(MESSAGE).on_upgrade(move |socket| async move {
        let greeted = Arc::new(Notify::new());
        let serving = GraphQLWebSocket::new(socket, door, protocol)
            .on_connection_init({
                let greeted = greeted.clone();
                move |_| async move {
                    greeted.notify_one();
                    let mut data = Data::default();
                    data.insert(subscriber);
                    Ok(data)
                }
            })
            .serve();
        let silent = async {
            if tokio::time::timeout(INIT, greeted.notified()).await.is_ok() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = serving => {}
            // Whoever does not say hello in time is shut out.
            () = silent => {}
            // A server that goes down closes its sockets; the app connects again elsewhere.
            () = app.stop.cancelled() => {}
        }
    })
}

/// The graph, for subscriptions within their limits.
#[derive(Clone)]
struct Door {
    graph: Graph,
    open: Arc<AtomicUsize>,
    language: Language,
}

impl Door {
    fn check(&self, request: &mut Request) -> Result<(), Error> {
        limits::check_text(&request.query)?;
        limits::check_variables(&request.variables)?;
        let operation = request.operation_name.clone();
        let variables = request.variables.clone();
        // A text that is no question is told so by the graph itself.
        let Ok(document) = request.parsed_query() else { return Ok(()) };
        let measured = limits::check(document, operation.as_deref(), &variables, limits::AD_HOC_COST)?;
        if measured.operation != OperationType::Subscription {
            return Err(Error::Forbidden(Denial::NotYours));
        }
        Ok(())
    }
}

impl Executor for Door {
    async fn execute(&self, _: Request) -> Answer {
        Answer::from_errors(vec![from_ours(&Error::Forbidden(Denial::NotYours), self.language, None)])
    }

    fn execute_stream(&self, mut request: Request, data: Option<Arc<Data>>) -> BoxStream<'static, Answer> {
        let refused =
            |error: Error| stream::once(std::future::ready(Answer::from_errors(vec![from_ours(&error, self.language, None)]))).boxed();
        if let Err(error) = self.check(&mut request) {
            return refused(error);
        }
        let place = Place(self.open.clone());
        let found = place.0.fetch_add(1, Ordering::Relaxed) + 1;
        if found > SUBSCRIPTIONS {
            return refused(Error::Limit { limit: "subscriptions", found, most: SUBSCRIPTIONS });
        }
        let inner: Pin<Box<dyn Stream<Item = Answer> + Send>> = Executor::execute_stream(&self.graph, request, data);
        inner
            .map(move |answer| {
                let _held = &place;
                answer
            })
            .boxed()
    }
}

/// One of the socket's subscriptions, given back when its stream ends.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
