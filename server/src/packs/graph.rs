//! What a part asks of the graph, as its caller: each question in a transaction of its own.

use std::sync::{Arc, LazyLock};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{OperationType, Selection};
use async_graphql::{Request, Variables};
use serde_json::Value;
use terrein_shared::written::value_json;

use super::Asking;
use crate::access::policy::Denial;
use crate::access::token::open::is_open;
use crate::audit::{Notes, Source};
use crate::error::{Error, Result};
use crate::listing::PageLimit;
use crate::loader::loaders;
use crate::schema::persisted::{self, Persisted};

/// A question of ours, by which a part is read when its asker names none of the app's.
pub type Own = LazyLock<Option<Persisted>>;

/// One of ours, read; nothing when it cannot be, which a test looks at.
pub fn own(text: &str) -> Option<Persisted> {
    let text = text.to_owned();
    parse_query(&text).ok().map(|document| Persisted { text, document })
}

/// The question by which a part is read: one of the app's own to that field alone, or else ours; `None` for one that is no such question.
pub fn question(ours: &'static Own, field: &str, id: Option<&str>) -> Option<&'static Persisted> {
    let Some(id) = id else { return ours.as_ref() };
    let known = persisted::find(id)?;
    let mut operations = known.document.operations.iter();
    let (_, operation) = operations.next()?;
    let selected = &operation.node.selection_set.node.items;
    let asks = matches!(selected.as_slice(), [one] if matches!(&one.node, Selection::Field(asked) if asked.node.name.node == field));
    (operation.node.ty == OperationType::Query && operations.next().is_none() && asks).then_some(known)
}

/// The answer as JSON text.
///
/// # Errors
/// As the graph answers.
pub(super) async fn ask(asking: &Asking, question: &Persisted, variables: Value) -> Result<Vec<u8>> {
    if asking.is_program() && !is_open(&question.document, None) {
        return Err(Error::Forbidden(Denial::NotForTokens));
    }
    let _turn = asking.turn().await?;
    let caller = Arc::new(asking.caller());
    let (loaders, readings) = loaders(caller.clone());
    loaders.enable_all_cache(true);
    let mut request = Request::new(question.text.clone()).variables(Variables::from_json(variables));
    request.set_parsed_query(question.document.clone());
    let source = Source { session: asking.hash.clone(), address: None, request_id: terrein_shared::id::new_id() };
    let request = request
        .data(caller.clone())
        .data(loaders)
        .data(PageLimit::PERSISTED)
        .data(Notes::default())
        .data(source)
        .data(asking.app.audit.clone());
    let answer = readings.during(asking.app.graph.execute(request)).await;
    asking.done(&caller).await?;
    if let Some(error) = answer.errors.first() {
        return Err(match error.source::<Error>() {
            Some(Error::Unauthenticated) => Error::Unauthenticated,
            Some(Error::Unavailable(cause)) => Error::Unavailable(anyhow::anyhow!("{cause:#}")),
            _ => Error::Internal(anyhow::anyhow!("a page of a pack: {}", error.message)),
        });
    }
    let mut text = Vec::with_capacity(64 * 1024);
    value_json(&answer.data, &mut text);
    Ok(text)
}
