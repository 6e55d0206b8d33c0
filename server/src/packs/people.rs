//! Who is what on the terrain, as its caller may see it: the roles that the graph lists, by the same rights and with the same fields. What is
//! not on the screen of people is not here: no address of mail, no telephone.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Asking;
use super::graph::{self, Own};
use crate::error::{Error, Result};
use crate::schema::persisted::Persisted;

/// Roles in one page, and the most that are sent.
const PAGE: u32 = 100;
const MOST: usize = 1_000;

/// The people as a program reads them.
static OWN: Own = LazyLock::new(|| graph::own(include_str!("people.graphql")));

/// The question by which they are read; `None` for one that asks for something else.
pub fn question(id: Option<&str>) -> Option<&'static Persisted> {
    graph::question(&OWN, "people", id)
}

#[derive(Deserialize)]
struct Answered<'a> {
    #[serde(borrow)]
    people: Page<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(borrow)]
    edges: Vec<Edge<'a>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Edge<'a> {
    #[serde(borrow)]
    node: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// Who they are, and what tells this state of them from another.
///
/// # Errors
/// As the graph answers.
pub(super) async fn read(asking: &Asking, question: &Persisted) -> Result<(String, String)> {
    let (mut rows, mut count, mut after) = (String::new(), 0, None::<String>);
    let more = loop {
        let variables = json!({ "terrainId": asking.terrain.to_string(), "first": PAGE, "after": after });
        let answer = graph::ask(asking, question, variables).await?;
        let Answered { people } = serde_json::from_slice(&answer).map_err(|error| Error::Internal(error.into()))?;
        for Edge { node } in people.edges {
            if count > 0 {
                rows.push(',');
            }
            rows.push_str(node.get());
            count += 1;
        }
        after = people.page_info.end_cursor.filter(|_| people.page_info.has_next_page);
        if after.is_none() || count >= MOST {
            break after.is_some();
        }
    };
    let version = blake3::hash(rows.as_bytes()).to_hex()[..24].to_owned();
    Ok((format!("{{\"people\":[{rows}],\"more\":{more}{}}}\n", asking.counted()), version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_question_can_be_read_and_others_are_none() {
        assert!(question(None).is_some());
        assert!(question(Some("sha256:of-nothing")).is_none());
    }
}
