//! The terrain's own rows: the feed from its beginning, asked of the graph as the caller, page by page, each in a transaction of its own. A
//! client that reads slowly holds none.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use async_stream::try_stream;
use axum::body::Bytes;
use futures_util::Stream;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Asking;
use super::graph::{self, Own};
use crate::error::{Error, Result};
use crate::schema::persisted::Persisted;

/// Rows in one page.
const PAGE: u32 = 1_000;
/// What a page is reckoned at when turns are given: no small question.
pub const COST: usize = 1_000;

/// The rows as a program reads them.
static OWN: Own = LazyLock::new(|| graph::own(include_str!("rows.graphql")));

/// The question by which the rows are read: one of the app's own to the feed, or else ours; `None` for one that is no such question.
pub fn question(id: Option<&str>) -> Option<&'static Persisted> {
    graph::question(&OWN, "changes", id)
}

#[derive(Deserialize)]
struct Answered<'a> {
    #[serde(borrow)]
    changes: Page<'a>,
}

#[derive(Deserialize)]
struct Page<'a> {
    cursor: String,
    more: bool,
    resync: bool,
    #[serde(borrow)]
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    node: Option<BTreeMap<&'a str, &'a RawValue>>,
}

/// A FeatureCollection; one that breaks off ends without its last bracket, so that nobody takes it for whole.
pub(super) fn stream(asking: Asking, question: &'static Persisted, cursor: &str) -> impl Stream<Item = Result<Bytes>> + Send + use<> {
    let head = format!("{{\"type\":\"FeatureCollection\",\"terrain\":\"{}\",\"cursor\":\"{cursor}\",\"features\":[", asking.terrain);
    try_stream! {
        yield Bytes::from(head);
        let (mut since, mut first) = (None, true);
        loop {
            let answer = page(&asking, question, since.as_deref()).await?;
            let (text, next) = features(&answer, &mut first)?;
            if !text.is_empty() {
                yield Bytes::from(text);
            }
            match next {
                Some(cursor) => since = Some(cursor),
                None => break,
            }
        }
        yield Bytes::from(format!("]{}}}\n", asking.counted()));
    }
}

/// A page of the feed as the graph answers it.
async fn page(asking: &Asking, question: &Persisted, since: Option<&str>) -> Result<Vec<u8>> {
    graph::ask(asking, question, json!({ "terrain": asking.terrain.to_string(), "since": since, "first": PAGE })).await
}

/// The page's rows as features, and the cursor of the next page when there is one.
fn features(answer: &[u8], first: &mut bool) -> Result<(String, Option<String>)> {
    let broken = |error: serde_json::Error| Error::Internal(error.into());
    let Answered { changes } = serde_json::from_slice(answer).map_err(broken)?;
    if changes.resync {
        // What was sent so far was for other rights.
        return Err(Error::Unavailable(anyhow::anyhow!("rights changed while a pack was read")));
    }
    let mut text = String::with_capacity(answer.len());
    for mut node in changes.items.into_iter().filter_map(|item| item.node) {
        let Some(id) = node.get("id").copied() else { continue };
        if !std::mem::take(first) {
            text.push(',');
        }
        let name = node.keys().copied().find(|name| *name == "geometry" || name.ends_with("Geometry"));
        let geometry = name.and_then(|name| node.remove(name)).map_or("null", RawValue::get);
        text.push_str(&format!("{{\"type\":\"Feature\",\"id\":{},\"geometry\":{geometry}", id.get()));
        // A type may have its shape under another name in the question: whoever asked finds it back.
        if let Some(name) = name.filter(|name| *name != "geometry") {
            text.push_str(&format!(",\"geometryAs\":\"{name}\""));
        }
        text.push_str(",\"properties\":");
        text.push_str(&serde_json::to_string(&node).map_err(broken)?);
        text.push('}');
    }
    Ok((text, changes.more.then_some(changes.cursor)))
}

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::EnumType;

    use super::*;
    use crate::feed::ChangeKind;

    #[test]
    fn our_own_question_asks_something_of_every_kind_that_the_feed_gives() {
        for item in <ChangeKind as EnumType>::items() {
            assert!(include_str!("rows.graphql").contains(&format!("... on {:?} {{", item.value)), "{:?}", item.value);
        }
    }

    #[test]
    fn our_own_question_can_be_read_and_others_are_none() {
        assert!(question(None).is_some());
        assert!(question(Some("sha256:of-nothing")).is_none());
    }

    #[test]
    fn a_row_becomes_a_feature_with_its_shape_outside() {
        let page = br#"{"changes":{"cursor":"c","more":true,"resync":false,"items":[
            {"node":{"id":"plot:1","__typename":"Plot","geometry":{"type":"Point","coordinates":[1,2]}}},
            {"node":null},
            {"node":{"id":"company:1","__typename":"Company","companyGeometry":null,"name":"A"}}]}}"#;
        let mut first = true;
        let (text, next) = features(page, &mut first).expect("a page");
        assert_eq!(next.as_deref(), Some("c"));
        assert_eq!(
            text,
            r#"{"type":"Feature","id":"plot:1","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"__typename":"Plot","id":"plot:1"}},{"type":"Feature","id":"company:1","geometry":null,"geometryAs":"companyGeometry","properties":{"__typename":"Company","id":"company:1","name":"A"}}"#
        );
    }
}
