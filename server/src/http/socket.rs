//! Subscriptions: graphql-transport-ws. Only subscriptions run here; each look at the database is made as the person who opened it.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::http::{WebSocket as Conversation, WebSocketProtocols, WsMessage};
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response as Answer};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, SinkExt, StreamExt};

use super::audited::look;
use super::buckets::{REFUSED, Spender};
use super::graphql::{from_ours, translate};
use super::peer::Peer;
use super::problem::Problem;
use super::reading::{self, FEW, SMALL_TEXT};
use super::session::{Asker, is_own_origin, meet};
use crate::access::policy::Denial;
use crate::app::App;
use crate::error::Error;
use crate::feed::hub::{Listener, Subscriber};
use crate::schema::{limits, persisted};
use crate::texts::Language;

/// Subscriptions on one socket at once.
const SUBSCRIPTIONS: usize = 20;
/// Time for `connection_init`.
const INIT: Duration = Duration::from_secs(10);
/// Longest text of a message.
const MESSAGE: usize = 64 * 1024;
/// How often the other end is asked whether it is there; one that said nothing between two askings is gone. A phone that lost its network
/// says no goodbye, and would keep its place.
const PULSE: Duration = Duration::from_secs(20);
/// How often it is asked whether the session or token it was opened with still stands.
const STANDING: Duration = Duration::from_secs(30);

/// Why a socket is closed, as the other end reads it: code and words. The app tries again after every one of them.
type Goodbye = (u16, &'static str);
/// The protocol's own code.
const NO_HELLO: Goodbye = (4408, "Connection initialisation timeout");
/// RFC 6455: try again later.
const TOO_MANY: Goodbye = (1013, "Too many sockets");
/// What it was opened with stands no more: signed out, revoked, past its day.
const ENDED: Goodbye = (4403, "Forbidden");
/// RFC 6455: going away.
const GOING: Goodbye = (1001, "Going away");

/// `/graphql/ws`
pub async fn upgrade(State(app): State<App>, Peer(address): Peer, asker: Asker, headers: HeaderMap, socket: WebSocketUpgrade) -> Response {
    let language = asker.language;
    if !asker.is_token() && !is_own_origin(&headers, &app) {
        return Problem::of(&Error::Forbidden(Denial::NotYours), language).into_response();
    }
    let Some(protocol) = protocol(&headers) else { return StatusCode::BAD_REQUEST.into_response() };
    if let Err(seconds) = app.buckets.spend(&Spender::at(address), 1, true) {
        return Problem::too_many(language, seconds).into_response();
    }
    if let Err(problem) = meet(&app, &asker, address).await {
        return problem.into_response();
    }
    if let Err(problem) = look(&app, &asker, address).await {
        return problem.into_response();
    }
    let token = asker.is_token();
    let subscriber = Subscriber::new(app.database.clone(), asker.hash.clone(), app.hub.clone());
    let (subscriber, spender, listener) = match (subscriber.person().await, asker.hash) {
        (Ok(Some(person)), Some(hash)) => (subscriber, Spender::Session(hash), Listener::Person(person)),
        (Ok(_), _) if token => return Problem::token(language).into_response(),
        // A session that is nobody's (any more) listens as a visitor does.
        (Ok(_), _) => (Subscriber::new(app.database.clone(), None, app.hub.clone()), Spender::at(address), Listener::Address(address)),
        (Err(error), _) => return Problem::of(&error, language).into_response(),
    };
    let seat = app.hub.seat(listener);
    socket.protocols([protocol.sec_websocket_protocol()]).max_message_size(MESSAGE).on_upgrade(move |mut socket| async move {
        // The other end hears why in words of its protocol; an answer of HTTP tells a browser nothing.
        let Some(_seat) = seat else { return close(&mut socket, TOO_MANY).await };
        let open = Arc::new(AtomicUsize::new(0));
        let door = Door { app: app.clone(), spender, open, language };
        if let Some(goodbye) = converse(&mut socket, door, protocol, subscriber, &app).await {
            close(&mut socket, goodbye).await;
        }
    })
}

/// The first protocol of the client's that we speak.
fn protocol(headers: &HeaderMap) -> Option<WebSocketProtocols> {
    let said = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    said.split(',').find_map(|name| name.trim().parse().ok())
}

async fn close(socket: &mut WebSocket, (code, reason): Goodbye) {
    // Whoever is gone already needs no goodbye.
    let _ = send(socket, Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}

/// Whether it was taken; an end that takes nothing for so long is gone.
async fn send(sink: &mut (impl futures_util::Sink<Message> + Unpin), message: Message) -> bool {
    matches!(tokio::time::timeout(PULSE, sink.send(message)).await, Ok(Ok(())))
}

/// Serves subscriptions until the socket ends; why, when it is for us to say.
async fn converse(
    socket: &mut WebSocket,
    door: Door,
    protocol: WebSocketProtocols,
    subscriber: Arc<Subscriber>,
    app: &App,
) -> Option<Goodbye> {
    let (mut sink, incoming) = socket.split();
    let heard = Arc::new(AtomicBool::new(true));
    let messages = incoming.take_while(|message| std::future::ready(message.is_ok())).filter_map({
        let heard = heard.clone();
        move |message| {
            heard.store(true, Ordering::Relaxed);
            std::future::ready(match message {
                Ok(text @ (Message::Text(_) | Message::Binary(_))) => Some(text.into_data()),
                _ => None,
            })
        }
    });
    let greeted = Arc::new(AtomicBool::new(false));
    let opener = subscriber.clone();
    let mut answers = pin!(Conversation::new(door, messages, protocol).on_connection_init({
        let greeted = greeted.clone();
        move |_| async move {
            greeted.store(true, Ordering::Relaxed);
            let mut data = Data::default();
            data.insert(subscriber);
            Ok(data)
        }
    }));
    let mut silence = pin!(tokio::time::sleep(INIT));
    let mut pulse = tokio::time::interval(PULSE);
    pulse.tick().await;
    let mut standing = tokio::time::interval(STANDING);
    standing.tick().await;
    let mut calls = opener.calls();
    loop {
        let message = tokio::select! {
            answer = answers.next() => match answer? {
                WsMessage::Text(text) => Message::Text(text.into()),
                WsMessage::Close(code, reason) => {
                    send(&mut sink, Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
                    return None;
                }
            },
            () = &mut silence, if !greeted.load(Ordering::Relaxed) => return Some(NO_HELLO),
            _ = pulse.tick() => {
                if !heard.swap(false, Ordering::Relaxed) {
                    return None;
                }
                Message::Ping(Bytes::new())
            }
            // At once when there is word of it; the clock is for sessions that end by themselves, and for words that did not come.
            () = async { tokio::select! { _ = standing.tick() => {}, () = calls.next() => {} } } => {
                // A database that is away for a moment says nothing about anybody.
                if matches!(opener.stands().await, Ok(false)) {
                    return Some(ENDED);
                }
                continue;
            }
            // The app connects again elsewhere.
            () = app.stop.cancelled() => return Some(GOING),
        };
        if !send(&mut sink, message).await {
            return None;
        }
    }
}

/// The graph, for subscriptions within their limits.
#[derive(Clone)]
struct Door {
    app: App,
    spender: Spender,
    open: Arc<AtomicUsize>,
    language: Language,
}

impl Door {
    fn refused(&self, error: &Error) -> BoxStream<'static, Answer> {
        stream::once(std::future::ready(Answer::from_errors(vec![from_ours(error, self.language, None)]))).boxed()
    }

    /// How many fields it asks, when it may run; what may not was work all the same.
    fn check(&self, request: &mut Request) -> Result<usize, Error> {
        let checked = self.measure(request);
        if checked.is_err() {
            let left = self.app.buckets.spend(&self.spender, REFUSED, false);
            left.map_err(|_| Error::Limit { limit: "rate", found: REFUSED, most: limits::AD_HOC_COST })?;
        }
        checked
    }

    fn measure(&self, request: &mut Request) -> Result<usize, Error> {
        limits::check_text(&request.query)?;
        limits::check_variables(&request.variables)?;
        let operation = request.operation_name.clone();
        let variables = request.variables.clone();
        // A text that is no question is told so by the graph itself.
        let known = persisted::knows(&request.query);
        let Ok(document) = request.parsed_query() else { return Ok(0) };
        let measured = limits::check(document, operation.as_deref(), &variables, limits::AD_HOC_COST)?;
        if measured.operation != OperationType::Subscription {
            return Err(Error::Forbidden(Denial::NotYours));
        }
        if !known && !self.app.development && matches!(self.spender, Spender::Address(_)) {
            return Err(Error::Unauthenticated);
        }
        let cost = measured.cost;
        let most = if known { limits::PERSISTED_COST } else { limits::AD_HOC_COST };
        self.app.buckets.spend(&self.spender, cost, known).map_err(|_| Error::Limit { limit: "rate", found: cost, most })?;
        Ok(measured.selections)
    }
}

impl Executor for Door {
    async fn execute(&self, _: Request) -> Answer {
        Answer::from_errors(vec![from_ours(&Error::Forbidden(Denial::NotYours), self.language, None)])
    }

    fn execute_stream(&self, mut request: Request, data: Option<Arc<Data>>) -> BoxStream<'static, Answer> {
        let door = self.clone();
        let place = Place(self.open.clone());
        let found = place.0.fetch_add(1, Ordering::Relaxed) + 1;
        let (language, development) = (self.language, self.app.development);
        let opened = async move {
            if found > SUBSCRIPTIONS {
                return door.refused(&Error::Limit { limit: "subscriptions", found, most: SUBSCRIPTIONS });
            }
            let (app, spender, reader) = (door.app.clone(), door.spender.clone(), door.clone());
            let read = if request.query.len() > SMALL_TEXT {
                reading::apart(&app, &spender, move || reader.check(&mut request).map(|fields| (fields, request))).await
            } else {
                Some(reader.check(&mut request).map(|fields| (fields, request)))
            };
            let (fields, request) = match read {
                Some(Ok(read)) => read,
                Some(Err(error)) => return door.refused(&error),
                None => return door.refused(&Error::Unavailable(anyhow::anyhow!("no turn to read a subscription"))),
            };
            let mut inner: BoxStream<'static, Answer> = Executor::execute_stream(&app.graph, request, data);
            if fields > FEW {
                let Some(turn) = app.buckets.reading(&spender).await else {
                    return door.refused(&Error::Unavailable(anyhow::anyhow!("no turn to check a subscription")));
                };
                // Its first look, in which the graph checks the text.
                if let Some(first) = reading::begun(turn, pin!(inner.next())).await {
                    inner = stream::iter(first).chain(inner).boxed();
                }
            }
            inner
                .map(move |mut answer| {
                    answer.errors = answer.errors.into_iter().map(|error| translate(error, language, development)).collect();
                    answer
                })
                .boxed()
        };
        opened
            .into_stream()
            .flatten()
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
