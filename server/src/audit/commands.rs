//! The commands in a question, as events: which, on what, and what became of each.

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Response, Value, Variables};
use async_graphql_value::ConstValue;
use terrein_shared::id;
use uuid::Uuid;

use super::{DONE, Event};
use crate::error::Error;

/// Kinds of things by how much they say of what a command is about: the issue before the company it names.
const TELLING: [&str; 19] = [
    "passkey",
    "session",
    "membership",
    "invitation",
    "support",
    "comment",
    "photo",
    "voice-note",
    "occupancy",
    "observation",
    "promise",
    "conversation",
    "issue",
    "company",
    "infrastructure",
    "plot",
    "building",
    "person",
    "organisation",
];

/// The commands that a document is going to run, not yet judged. Its limits have been checked: no cycles, and not too many.
#[must_use]
pub fn of_document(document: &ExecutableDocument, operation: Option<&str>, variables: &Variables) -> Vec<Event> {
    let mut events = Vec::new();
    let chosen = document.operations.iter().find(|(name, _)| operation.is_none() || name.map(Name::as_str) == operation);
    if let Some((_, definition)) = chosen {
        collect(&definition.node.selection_set.node, document, variables, &mut events);
    }
    events
}

fn collect(set: &SelectionSet, document: &ExecutableDocument, variables: &Variables, events: &mut Vec<Event>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) if !field.node.name.node.starts_with("__") => events.push(event(&field.node, variables)),
            Selection::Field(_) => {}
            Selection::InlineFragment(fragment) => collect(&fragment.node.selection_set.node, document, variables, events),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(&fragment.node.selection_set.node, document, variables, events);
                }
            }
        }
    }
}

fn event(field: &Field, variables: &Variables) -> Event {
    let mut said = Said::default();
    for (name, value) in &field.arguments {
        // A variable that is not sent says nothing.
        let value =
            value.node.clone().into_const_with(|name| Ok::<_, std::convert::Infallible>(variables.get(&name).cloned().unwrap_or_default()));
        let Ok(value) = value;
        said.read(&name.node, &value);
    }
    let mut event = Event { key: field.response_key().node.to_string(), ..Event::done(field.name.node.as_str()) };
    let rank = |kind: &str| TELLING.iter().position(|telling| *telling == kind).unwrap_or(TELLING.len());
    if let Some((kind, id)) = said.ids.iter().min_by_key(|(kind, _)| rank(kind)) {
        event = event.on(kind.clone(), *id);
    }
    event.organisations = said.ids.iter().filter(|(kind, _)| kind == "organisation").map(|(_, id)| *id).collect();
    event.private = said.private;
    match said.command {
        Some(command) => event.with("commandId", command),
        None => event,
    }
}

/// What the input of a command says of ids and audience; nothing else of it is looked at.
#[derive(Default)]
struct Said {
    ids: Vec<(String, Uuid)>,
    command: Option<String>,
    private: bool,
}

impl Said {
    fn read(&mut self, name: &str, value: &ConstValue) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| self.read(name, value)),
            Value::String(text) if name == "commandId" => self.command = Uuid::try_parse(text).ok().map(|id| id.to_string()),
            Value::String(text) if name == "id" || name.ends_with("Id") => {
                let kind = name.strip_suffix("Id").filter(|kind| !kind.is_empty());
                let bare = || Some((kind.unwrap_or("thing"), Uuid::try_parse(text).ok()?));
                if let Some((kind, id)) = id::parse(text).or_else(bare).filter(|(kind, _)| is_word(kind)) {
                    self.ids.push((kind.to_owned(), id));
                }
            }
            Value::Enum(word) if name == "audience" => self.private |= word == "ME",
            Value::String(word) if name == "audience" => self.private |= word == "ME",
            _ => {}
        }
    }
}

fn is_word(kind: &str) -> bool {
    kind.len() <= 40 && kind.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Says of each command what became of it, by the answer as the graph gave it.
pub fn judge(events: &mut [Event], answer: &Response) {
    let Some(first) = answer.errors.first() else {
        for event in events {
            let Value::Object(fields) = &answer.data else { continue };
            // An expected outcome that is not what was asked (changed meanwhile, id taken) is told by its type, where the type is asked.
            if let Some(Value::Object(outcome)) = fields.get(event.key.as_str())
                && let Some(Value::String(name)) = outcome.get("__typename")
            {
                event.details.insert("outcome".to_owned(), name.clone().into());
            }
        }
        return;
    };
    // One that is refused undoes all.
    for event in events {
        let own = answer.errors.iter().find(|error| {
            error.path.first().is_some_and(|at| matches!(at, async_graphql::PathSegment::Field(field) if *field == event.key))
        });
        event.result = match own.or_else(|| first.path.is_empty().then_some(first)) {
            Some(error) => error.source::<Error>().map_or("INVALID", Error::code).to_owned(),
            None => "UNDONE".to_owned(),
        };
        debug_assert_ne!(event.result, DONE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use serde_json::json;

    fn of(query: &str, variables: serde_json::Value) -> Vec<Event> {
        of_document(&parse_query(query).expect("parses"), None, &Variables::from_json(variables))
    }

    #[test]
    fn a_command_is_told_by_its_name_and_its_thing() {
        let (command, issue) = (id::new_id(), id::new_id());
        let input = json!({ "input": { "commandId": command, "terrainId": format!("terrain:{}", id::new_id()),
            "companyId": format!("company:{}", id::new_id()), "issueId": format!("issue:{issue}"), "title": "Not told", "audience": "ME" } });
        let events = of("mutation ($input: I!) { mine: reportIssue(input: $input) { __typename } }", input);
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].action.as_str(), events[0].key.as_str()), ("reportIssue", "mine"));
        assert_eq!((events[0].object_kind.as_deref(), events[0].object_id), (Some("issue"), Some(issue)));
        assert!(events[0].private);
        assert_eq!(events[0].details, *json!({ "commandId": command.to_string() }).as_object().expect("an object"));
        assert!(!format!("{:?}", events[0]).contains("Not told"));
    }

    #[test]
    fn commands_in_fragments_and_in_the_text_itself_are_found() {
        let id = id::new_id();
        let query = format!(
            "mutation {{ ...a ... {{ removePasskey(id: \"passkey:{id}\") {{ id }} }} }} fragment a on Mutation {{ one(input: {{}}) {{ id }} }}"
        );
        let events = of(&query, json!({}));
        let told: Vec<_> = events.iter().map(|event| (event.action.as_str(), event.object_id)).collect();
        assert_eq!(told, [("one", None), ("removePasskey", Some(id))]);
    }
}
