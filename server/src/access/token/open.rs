//! What of the graph is open to tokens: the subject matter, and who the token speaks for. What is not named here is closed, so that a part
//! of somebody's account that is added later is closed too.

use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet};

/// Fields at the root of `Query`, `Mutation` and `Subscription`.
const OPEN: [&str; 34] = [
    "__schema",
    "__type",
    "__typename",
    "viewer",
    "terrain",
    "terrains",
    "node",
    "search",
    "changes",
    "terrainChanged",
    "changeIssueState",
    "checkPhoto",
    "commentOnIssue",
    "editConversation",
    "confirmTranscript",
    "describePhoto",
    "editIssue",
    "editTerrain",
    "endOccupancy",
    "keepPromise",
    "linkCompany",
    "makePromise",
    "observe",
    "recordConversation",
    "removePhoto",
    "removeVoiceNote",
    "reportIssue",
    "shareIssue",
    "supportIssue",
    "withdrawConversation",
    "withdrawIssue",
    "withdrawObservation",
    "withdrawPromise",
    "withdrawSupport",
];

/// Whether every root field of the operation that will run is open to tokens. Each fragment is looked at once.
#[must_use]
pub fn is_open(document: &ExecutableDocument, operation: Option<&str>) -> bool {
    let mut seen = HashSet::new();
    document.operations.iter().filter(|(name, _)| operation.is_none() || name.map(async_graphql::Name::as_str) == operation).all(
        |(_, definition): (_, &async_graphql::Positioned<OperationDefinition>)| {
            open(document, &definition.node.selection_set.node, &mut seen)
        },
    )
}

fn open<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, seen: &mut HashSet<&'a str>) -> bool {
    set.items.iter().all(|item| match &item.node {
        Selection::Field(field) => OPEN.contains(&field.node.name.node.as_str()),
        Selection::InlineFragment(fragment) => open(document, &fragment.node.selection_set.node, seen),
        Selection::FragmentSpread(spread) => {
            let name = &spread.node.fragment_name.node;
            // One that is not there is for the graph to refuse.
            let Some(fragment) = document.fragments.get(name) else { return true };
            !seen.insert(name.as_str()) || open(document, &fragment.node.selection_set.node, seen)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    #[test]
    fn what_is_not_named_is_closed_wherever_it_hides() {
        let open = |text: &str, operation| is_open(&parse_query(text).expect("parses"), operation);
        assert!(open("{ viewer { id } t: terrains(first: 1) { edges { node { id } } } }", None));
        assert!(!open("{ viewer { id } accessTokens { id } }", None));
        assert!(!open("{ viewer: accessTokens { id } }", None), "under another name");
        assert!(!open("{ ... { ... on Query { accessTokens { id } } } }", None));
        assert!(!open("{ ...a } fragment a on Query { ...b } fragment b on Query { sessions { id } }", None));
        assert!(open("{ ...a } fragment a on Query { ...a viewer { id } }", None), "and ends");
        assert!(!open("query A { viewer { id } } query B { passkeys { id } }", Some("B")));
        assert!(open("query A { viewer { id } } query B { passkeys { id } }", Some("A")));
    }

    #[test]
    fn every_open_field_is_one_of_the_graph() {
        let sdl = crate::schema::sdl();
        for field in OPEN.iter().filter(|field| !field.starts_with("__")) {
            assert!(sdl.contains(&format!("\t{field}(")) || sdl.contains(&format!("\t{field}:")), "{field}");
        }
    }
}
