//! The graph over HTTP: a request becomes a question of a caller, within its limits; its transaction is kept when nothing went wrong.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Name, Request, Response as Answer, ServerError, Value, Variables};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use terrein_shared::written::value_json;

use super::buckets::{REFUSED, Spender};
use super::extract::{self, Query};
use super::peer::Peer;
use super::problem::{Problem, trace, words};
use super::reading::{self, FEW, SMALL, SMALL_TEXT};
use super::session::{Asker, SESSION, cookie, is_own_origin, meet};
use super::sign_in::SESSION_SECONDS;
use super::speaker::{SPEAKER, speaks_for};
use crate::access::caller::SessionHash;
use crate::access::policy::Denial;
use crate::access::token::open::is_open;
use crate::access::{Actor, Caller};
use crate::app::App;
use crate::audit::{self, Event, Notes, Source};
use crate::error::Error;
use crate::listing::PageLimit;
use crate::loader::loaders;
use crate::schema::{limits, persisted};
use crate::texts::{Language, text};

/// A question as it comes in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    /// Read by nobody here; an object all the same, says GraphQL over HTTP.
    #[serde(default, rename = "extensions")]
    _extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The same in an address: variables as JSON text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskedInAddress {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
}

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// `POST /graphql`
pub async fn post(State(app): State<App>, Peer(address): Peer, asker: Asker, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let detail = text(asker.language, "error-document");
        return Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail).into_response();
    }
    let (language, large) = (asker.language, body.len() > SMALL);
    let read = if large {
        let claimant = app.buckets.claimant(asker.hash.as_ref(), address);
        match reading::apart(&app, &claimant, move || extract::json::<Asked>(&body, language)).await {
            Some(read) => read,
            None => return Problem::busy(language).into_response(),
        }
    } else {
        extract::json::<Asked>(&body, language)
    };
    match read {
        Ok(asked) => answer(app, address, asker, &headers, asked, Way { may_change: true, large }).await,
        // What is no question is 400, whatever is wrong with it: so say GraphQL's own rules for HTTP.
        Err(problem) => problem.at(StatusCode::BAD_REQUEST).into_response(),
    }
}

/// `GET /graphql`: questions only.
pub async fn get(
    State(app): State<App>,
    Peer(address): Peer,
    asker: Asker,
    headers: HeaderMap,
    Query(asked): Query<AskedInAddress>,
) -> Response {
    let AskedInAddress { query, document_id, operation_name, variables } = asked;
    let large = variables.as_ref().is_some_and(|text| text.len() > SMALL);
    let variables = match variables.as_deref().map(serde_json::from_str).transpose() {
        Ok(variables) => variables,
        Err(_) => return Problem::field(StatusCode::BAD_REQUEST, asker.language, "variables".to_owned(), "unreadable").into_response(),
    };
    let asked = Asked { query, document_id, operation_name, variables, _extensions: None };
    answer(app, address, asker, &headers, asked, Way { may_change: false, large }).await
}

/// How a question came.
struct Way {
    /// Whether commands come this way.
    may_change: bool,
    /// Whether it takes time to read.
    large: bool,
}

/// A question that is ready to run.
struct Ready {
    request: Request,
    operation: OperationType,
    cost: usize,
    /// How many fields it asks, fragments unfolded.
    selections: usize,
    persisted: bool,
    /// Its commands, for the audit log.
    commands: Vec<Event>,
}

/// Why a question is not run.
enum Refused {
    Error(Error),
    /// The library's own words on a text that is no question.
    Document(String),
}

fn prepare(asked: Asked) -> Result<Ready, Refused> {
    let json = asked.variables.map_or(serde_json::Value::Null, serde_json::Value::Object);
    let size = if json.is_null() { 0 } else { json.to_string().len() };
    if size > limits::VARIABLE_BYTES {
        return Err(Refused::Error(Error::Limit { limit: "variable-bytes", found: size, most: limits::VARIABLE_BYTES }));
    }
    let variables = Variables::from_json(json);
    limits::check_variables(&variables).map_err(Refused::Error)?;
    let (text, document, persisted) = match (asked.document_id, asked.query) {
        (Some(id), _) => {
            let known = persisted::find(&id).ok_or_else(|| Refused::Document("unknown documentId".to_owned()))?;
            (known.text.clone(), known.document.clone(), true)
        }
        (None, Some(text)) => {
            limits::check_text(&text).map_err(Refused::Error)?;
            let document = parse_query(&text).map_err(|error| Refused::Document(error.to_string()))?;
            (text, document, false)
        }
        (None, None) => return Err(Refused::Document("no query".to_owned())),
    };
    let most = if persisted { limits::PERSISTED_COST } else { limits::AD_HOC_COST };
    let measured = limits::check(&document, asked.operation_name.as_deref(), &variables, most).map_err(Refused::Error)?;
    if let Some(name) = unsent(&document, asked.operation_name.as_deref(), &variables) {
        return Err(Refused::Document(format!("Variable \"{name}\" must have a value.")));
    }
    let commands = match measured.operation {
        OperationType::Mutation => audit::of_document(&document, asked.operation_name.as_deref(), &variables),
        _ => Vec::new(),
    };
    let mut request = Request::new(text).variables(variables);
    request.set_parsed_query(document);
    if let Some(name) = asked.operation_name {
        request = request.operation_name(name);
    }
    // A command from the outbox is one, whatever it asks back.
    let cost = if persisted && measured.operation == OperationType::Mutation { 1 } else { measured.cost };
    Ok(Ready { request, operation: measured.operation, cost, selections: measured.selections, persisted, commands })
}

async fn answer(app: App, address: Option<IpAddr>, asker: Asker, headers: &HeaderMap, asked: Asked, way: Way) -> Response {
    let language = asker.language;
    let modern =
        headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains(GRAPHQL_RESPONSE));
    if asked.query.is_none() && asked.document_id.is_none() {
        // No question at all, whatever is understood: 400, as what is no JSON.
        return Problem::field(StatusCode::BAD_REQUEST, language, "query".to_owned(), "required").into_response();
    }
    let own_text = asked.document_id.is_none();
    if own_text && asker.hash.is_none() && !app.development {
        return persisted_only(language);
    }
    let claimant = app.buckets.claimant(asker.hash.as_ref(), address);
    let long = asked.query.as_ref().is_some_and(|text| text.len() > SMALL_TEXT);
    let prepared = if (own_text && long) || way.large {
        match reading::apart(&app, &claimant, move || prepare(asked)).await {
            Some(prepared) => prepared,
            None => return Problem::busy(language).into_response(),
        }
    } else {
        prepare(asked)
    };
    let mut ready = match prepared {
        Ok(ready) => ready,
        Err(refused) => {
            // Reading it was work, whatever it came to.
            if let Err(seconds) = app.buckets.spend(&claimant, REFUSED, !own_text) {
                return Problem::too_many(language, seconds).into_response();
            }
            let error = match refused {
                Refused::Error(error) => from_ours(&error, language, None),
                Refused::Document(said) => from_library(&said, language, app.development, None),
            };
            return send(Answer::from_errors(vec![error]), modern, StatusCode::BAD_REQUEST);
        }
    };
    let changes = ready.operation == OperationType::Mutation;
    if changes && !way.may_change {
        return ([(header::ALLOW, "POST")], Problem::plain(StatusCode::METHOD_NOT_ALLOWED, language)).into_response();
    }
    if changes && !asker.is_token() && !is_own_origin(headers, &app) {
        return Problem::of(&Error::Forbidden(Denial::NotYours), language).into_response();
    }
    let token = match meet(&app, &asker, address).await {
        Ok(token) => token,
        Err(problem) => return problem.into_response(),
    };
    let refused = token.and_then(|writes| {
        let name = ready.request.operation_name.clone();
        let open = ready.request.parsed_query().is_ok_and(|document| is_open(document, name.as_deref()));
        if !open { Some(Denial::NotForTokens) } else { (changes && !writes).then_some(Denial::TokenReadsOnly) }
    });
    let source = Source { session: asker.hash.clone(), address, request_id: terrein_shared::id::new_id() };
    if let Some(denial) = refused {
        if let Some(seconds) =
            source.session.clone().and_then(|token| app.buckets.spend(&Spender::Session(token), ready.cost, ready.persisted).err())
        {
            return Problem::too_many(language, seconds).into_response();
        }
        ready.commands.iter_mut().for_each(|event| "FORBIDDEN".clone_into(&mut event.result));
        if let Err(error) = app.audit.record(&source, &ready.commands).await {
            return Problem::of(&error, language).into_response();
        }
        return send(Answer::from_errors(vec![from_ours(&Error::Forbidden(denial), language, None)]), modern, StatusCode::FORBIDDEN);
    }
    let caller = Caller::new(app.database.clone(), asker.hash, language, app.clock).writing(token == Some(true));
    let caller = Arc::new(if changes { caller } else { caller.reading() });
    let spender = match spender(&app, &caller, address).await {
        Ok(spender) => spender,
        Err(problem) => return problem.into_response(),
    };
    let known = !matches!(spender, Spender::Address(_));
    if !ready.persisted && !app.development && !known {
        return persisted_only(language);
    }
    if let Err(seconds) = app.buckets.spend(&spender, ready.cost, ready.persisted) {
        return Problem::too_many(language, seconds).into_response();
    }
    let Some(_place) = app.buckets.place(&spender) else {
        return Problem::busy(language).into_response();
    };
    let Some(_turn) = app.buckets.question(&spender, ready.cost).await else {
        return Problem::busy(language).into_response();
    };
    if let Some(said) = headers.get(SPEAKER).and_then(|said| said.to_str().ok()) {
        match speaks_for(&app, &caller, said).await {
            Ok(true) => {}
            Ok(false) => {
                let mut error = from_ours(&Error::Unauthenticated, language, None);
                error.extensions.get_or_insert_default().set("reason", "OTHER_PERSON");
                return send(Answer::from_errors(vec![error]), modern, StatusCode::UNAUTHORIZED);
            }
            Err(error) => {
                return send(Answer::from_errors(vec![from_ours(&error, language, None)]), modern, StatusCode::SERVICE_UNAVAILABLE);
            }
        }
    }
    let mut looks: Vec<Event> = source.session.as_ref().and_then(SessionHash::eyes).map(|eyes| eyes.event()).into_iter().collect();
    if let Err(error) = may_look(&caller, changes).await {
        looks.iter_mut().for_each(|event| error.code().clone_into(&mut event.result));
        app.audit.sift(known, address, &mut looks);
        if let Err(error) = app.audit.record(&source, &looks).await {
            return Problem::of(&error, language).into_response();
        }
        return send(Answer::from_errors(vec![from_ours(&error, language, None)]), modern, StatusCode::FORBIDDEN);
    }
    let (loaders, readings) = loaders(caller.clone());
    // What a command changes must not be answered from before the change.
    loaders.enable_all_cache(ready.operation == OperationType::Query);
    let limit = if ready.persisted { PageLimit::PERSISTED } else { PageLimit::AD_HOC };
    let notes = Notes::default();
    let request =
        ready.request.data(caller.clone()).data(loaders).data(limit).data(notes.clone()).data(source.clone()).data(app.audit.clone());
    let mut execution = pin!(readings.during(app.graph.execute(request)));
    let begun = if ready.persisted || ready.selections <= FEW {
        None
    } else {
        let Some(turn) = app.buckets.reading(&spender).await else { return Problem::busy(language).into_response() };
        reading::begun(turn, execution.as_mut()).await
    };
    let mut answer = match begun {
        Some(answer) => answer,
        None => execution.await,
    };
    // Before it is kept: what cannot be recorded is not done.
    let mut events = std::mem::take(&mut ready.commands);
    audit::judge(&mut events, &answer);
    events.extend(looks.into_iter().chain(notes.take()));
    app.audit.sift(known, address, &mut events);
    if let Err(error) = app.audit.record(&source, &events).await {
        if let Err(error) = caller.finish(false).await {
            tracing::warn!(%error, "what was not recorded could not be taken back at once");
        }
        return send(Answer::from_errors(vec![from_ours(&error, language, None)]), modern, StatusCode::SERVICE_UNAVAILABLE);
    }
    if token.is_some() && answer.errors.iter().any(|error| matches!(error.source::<Error>(), Some(Error::Unauthenticated))) {
        // Revoked, or its day came, since the database was asked.
        return Problem::token(language).into_response();
    }
    let keep = answer.errors.is_empty();
    let mut kept = keep;
    let mut status = if keep { StatusCode::OK } else { failure(&answer) };
    answer.errors = std::mem::take(&mut answer.errors).into_iter().map(|error| translate(error, language, app.development)).collect();
    if !keep && ready.operation == OperationType::Mutation {
        answer.data = Value::Null;
    }
    if let Err(error) = caller.finish(keep).await {
        // The log says that it was done.
        events.retain(|event| event.result == audit::DONE);
        events.iter_mut().for_each(|event| "UNDONE".clone_into(&mut event.result));
        if let Err(error) = app.audit.record(&source, &events).await {
            tracing::error!("the audit log does not know that a command was undone: {error}");
        }
        answer = Answer::from_errors(vec![from_ours(&error, language, None)]);
        status = StatusCode::SERVICE_UNAVAILABLE;
        kept = false;
    }
    answer.extensions.insert("cost".to_owned(), Value::from(ready.cost));
    if app.development {
        answer.extensions.insert("statements".to_owned(), Value::from(caller.statements()));
    }
    let mut response = send(answer, modern, status);
    if let Some(secret) = caller.fresh_secret().filter(|_| kept) {
        let cookie = cookie(SESSION, secret.to_owned(), SESSION_SECONDS).to_string();
        response.headers_mut().extend(HeaderValue::from_str(&cookie).ok().map(|cookie| (header::SET_COOKIE, cookie)));
    }
    response
}

/// A variable that must have a value and has none. The library finds those it uses, and only when it uses them.
fn unsent<'a>(document: &'a ExecutableDocument, operation: Option<&str>, variables: &Variables) -> Option<&'a str> {
    let chosen = document.operations.iter().filter(|(name, _)| operation.is_none() || name.map(Name::as_str) == operation);
    chosen.flat_map(|(_, chosen)| &chosen.node.variable_definitions).map(|definition| &definition.node).find_map(|definition| {
        let none = || variables.get(&definition.name.node).is_none_or(|sent| matches!(sent, Value::Null));
        (!definition.var_type.node.nullable && definition.default_value.is_none() && none()).then_some(definition.name.node.as_str())
    })
}

/// What visitors are told who ask something of their own making.
fn persisted_only(language: Language) -> Response {
    Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", text(language, "error-persisted-only")).into_response()
}

/// Whose bucket pays. A cookie of one's own making is nobody's: a session has a bucket of its own once it proved to be somebody's, and
/// finding that out is paid for by the address.
async fn spender(app: &App, caller: &Caller, address: Option<IpAddr>) -> Result<Spender, Problem> {
    let visitor = Spender::at(address);
    let Some(session) = caller.session().map(SessionHash::own) else { return Ok(visitor) };
    let session = &session;
    if session.is_token() {
        return Ok(Spender::Session(session.clone()));
    }
    if !app.buckets.knows(session) {
        app.buckets.spend(&visitor, 1, true).map_err(|seconds| Problem::too_many(caller.language, seconds))?;
        let _turn = app.buckets.question(&visitor, 1).await.ok_or_else(|| Problem::busy(caller.language))?;
        // Once in ten minutes, in a transaction of its own. A database that is away is told of by the question itself.
        let asking = Caller::new(app.database.clone(), Some(session.clone()), caller.language, app.clock);
        let somebody = matches!(asking.actor().await, Ok(Actor::Person(_)));
        if asking.finish(true).await.is_err() || !somebody {
            return Ok(visitor);
        }
        app.buckets.learn(session);
    }
    Ok(Spender::Session(session.clone()))
}

/// With the eyes of a role one looks, as the aanjager of the terrain.
async fn may_look(caller: &Caller, changes: bool) -> Result<(), Error> {
    match caller.session().and_then(SessionHash::eyes) {
        Some(_) if changes => Err(Error::Forbidden(Denial::NotYours)),
        Some(_) => caller.actor().await.map(drop),
        None => Ok(()),
    }
}

/// 200 with data beside its errors; 503 when the database is away, so that an outbox waits; 400 for what never ran.
fn failure(answer: &Answer) -> StatusCode {
    if answer.errors.iter().any(|error| matches!(error.source::<Error>(), Some(Error::Unavailable(_)))) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if never_ran(answer) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    }
}

fn never_ran(answer: &Answer) -> bool {
    !answer.errors.is_empty() && answer.errors.iter().all(|error| error.path.is_empty()) && matches!(answer.data, Value::Null)
}

fn send(answer: Answer, modern: bool, status: StatusCode) -> Response {
    // Under application/json every well-formed answer is 200, as clients of old expect; unavailability is told to all.
    let status = if modern || status == StatusCode::SERVICE_UNAVAILABLE { status } else { StatusCode::OK };
    let kind = if modern { GRAPHQL_RESPONSE } else { "application/json" };
    match body(&answer) {
        Ok(body) => {
            let headers =
                [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (status, headers, body).into_response()
        }
        Err(error) => Problem::of(&Error::Internal(error.into()), Language::Nl).into_response(),
    }
}

/// The answer as text, the data written without reading again what is JSON already.
fn body(answer: &Answer) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(4096);
    // What never ran has no data, not even none.
    if never_ran(answer) {
        out.extend_from_slice(b"{\"errors\":");
        serde_json::to_writer(&mut out, &answer.errors)?;
    } else {
        out.extend_from_slice(b"{\"data\":");
        value_json(&answer.data, &mut out);
        if !answer.errors.is_empty() {
            out.extend_from_slice(b",\"errors\":");
            serde_json::to_writer(&mut out, &answer.errors)?;
        }
    }
    if !answer.extensions.is_empty() {
        out.extend_from_slice(b",\"extensions\":");
        serde_json::to_writer(&mut out, &answer.extensions)?;
    }
    out.push(b'}');
    Ok(out)
}

/// An error of a resolver or of the library, for the reader.
pub fn translate(error: ServerError, language: Language, development: bool) -> ServerError {
    match error.source::<Error>() {
        Some(ours) => from_ours(ours, language, Some(&error)),
        None => from_library(&error.message, language, development, Some(&error)),
    }
}

fn shaped(message: String, at: Option<&ServerError>) -> ServerError {
    let mut shaped = ServerError::new(message, None);
    if let Some(at) = at {
        shaped.locations.clone_from(&at.locations);
        shaped.path.clone_from(&at.path);
    }
    shaped
}

/// Ours: a code, words in the reader's language, a trace.
pub fn from_ours(error: &Error, language: Language, at: Option<&ServerError>) -> ServerError {
    let trace = trace(error);
    let mut shaped = shaped(words(error, language, &trace), at);
    let mut extensions = async_graphql::ErrorExtensionValues::default();
    extensions.set("code", error.code());
    extensions.set("traceId", trace);
    match error {
        Error::Invalid { field, reason } => {
            extensions.set("field", *field);
            extensions.set("reason", reason.code());
            let params: async_graphql::indexmap::IndexMap<async_graphql::Name, Value> =
                reason.params().into_iter().map(|(name, value)| (async_graphql::Name::new(name), Value::from(value))).collect();
            extensions.set("params", Value::Object(params));
        }
        Error::Forbidden(denial) => extensions.set("reason", denial.code()),
        Error::Limit { limit, .. } => extensions.set("reason", *limit),
        _ => {}
    }
    shaped.extensions = Some(extensions);
    shaped
}

/// The library's: what it says of a document or an argument is about the client's own text. Its guesses at names stay inside.
fn from_library(said: &str, language: Language, development: bool, at: Option<&ServerError>) -> ServerError {
    let said = if development { said } else { said.split(" Did you mean").next().unwrap_or(said) };
    let mut shaped = shaped(format!("{} {said}", text(language, "error-document")), at);
    let mut extensions = async_graphql::ErrorExtensionValues::default();
    extensions.set("code", "INVALID");
    extensions.set("traceId", terrein_shared::id::new_id().simple().to_string());
    shaped.extensions = Some(extensions);
    shaped
}

/// `GET /schema.graphql`
pub async fn sdl() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], crate::schema::sdl()).into_response()
}
