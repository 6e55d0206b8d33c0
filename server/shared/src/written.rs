//! Lists that are written at once. The graph resolves every field of every row as a future of its own, which is most of what a large page
//! costs. Here each row writes its plain fields as JSON text; only what needs the database or arguments goes through the resolvers, all
//! rows together, so that loaders gather them. A selection this cannot read goes the common way: what is answered is the same.

use std::borrow::Cow;
use std::collections::HashSet;

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::resolver_utils::{ContainerType, EnumType, resolve_list};
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use chrono::{DateTime, NaiveDate, Utc};

use crate::page::Key;

/// Writes one field of a row as JSON.
pub type Write<T> = fn(&T, &mut Vec<u8>);

/// A graph type of which some fields are plain: their value lies in the row.
pub trait Written: ContainerType + Send + Sync {
    /// How to write a field; `None` for one that needs its resolver.
    fn plain(field: &str) -> Option<Write<Self>>;
}

/// An edge of a connection.
pub trait Edge: OutputType {
    type Node: Written;
    fn cursor(&self) -> &Cursor;
    fn node(&self) -> &Self::Node;
}

/// Declares the plain fields of a graph type: `plain!(Plot { "id" => id, "areaM2" => area_m2 })`.
#[macro_export]
macro_rules! plain {
    ($type:ty { $($name:literal => $field:ident),* $(,)? }) => {
        impl $crate::written::Written for $type {
            fn plain(field: &str) -> Option<$crate::written::Write<Self>> {
                match field {
                    $($name => Some(|row: &Self, out: &mut Vec<u8>| $crate::written::Json::json(&row.$field, out)),)*
                    _ => None,
                }
            }
        }
    };
}

/// A value that is written as the graph would answer it.
pub trait Json {
    fn json(&self, out: &mut Vec<u8>);
}

macro_rules! json_by_serde {
    ($($type:ty),+) => { $(impl Json for $type {
        fn json(&self, out: &mut Vec<u8>) {
            // Numbers, words and truths: neither they nor memory can fail.
            let _ = serde_json::to_writer(out, self);
        }
    })+ };
}
json_by_serde!(String, i32, i64, f64, bool);

impl<T: Json> Json for Option<T> {
    fn json(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.json(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl Json for DateTime<Utc> {
    fn json(&self, out: &mut Vec<u8>) {
        self.to_rfc3339().json(out);
    }
}

impl Json for NaiveDate {
    fn json(&self, out: &mut Vec<u8>) {
        self.to_string().json(out);
    }
}

/// The word of an enum as the graph spells it.
pub fn enum_json<T: EnumType>(value: T, out: &mut Vec<u8>) {
    let name = T::items().iter().find(|item| item.value == value).map_or("", |item| item.name);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.push(b'"');
}

/// A row's place in its list, made into a text when somebody asks.
#[derive(Debug, Clone)]
pub struct Cursor(pub Key);

impl OutputType for Cursor {
    fn type_name() -> Cow<'static, str> {
        <String as OutputType>::type_name()
    }
    fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
        <String as OutputType>::create_type_info(registry)
    }
    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(self.0.encode().into())
    }
}

/// The edges of a connection: `[PlotEdge!]!` in the graph.
#[derive(Debug, Clone)]
pub struct Edges<E>(pub Vec<E>);

impl<E: Edge> OutputType for Edges<E> {
    fn type_name() -> Cow<'static, str> {
        <Vec<E> as OutputType>::type_name()
    }
    fn qualified_type_name() -> String {
        <Vec<E> as OutputType>::qualified_type_name()
    }
    fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
        <Vec<E> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let Some(plan) = Plan::<E>::of(context)
            && let Some(text) = plan.write(&self.0, context).await
        {
            let mut raw = async_graphql::indexmap::IndexMap::with_capacity(1);
            raw.insert(async_graphql::Name::new(async_graphql_value::RAW_VALUE_TOKEN), Value::String(text));
            return Ok(Value::Object(raw));
        }
        resolve_list(context, field, self.0.iter(), Some(self.0.len())).await
    }
}

/// A field of the answer, in the order asked.
enum Part<'a, T> {
    Plain(Write<T>),
    Name,
    Resolved(&'a Positioned<Field>),
}

/// `"name":`
type Label = Vec<u8>;

fn label(name: &str) -> Label {
    let mut label = Vec::with_capacity(name.len() + 3);
    label.push(b'"');
    label.extend_from_slice(name.as_bytes());
    label.extend_from_slice(b"\":");
    label
}

/// How each row of a list is written.
struct Plan<'a, E: Edge> {
    edge: Vec<(Label, EdgePart)>,
    node: Option<&'a Positioned<Field>>,
    parts: Vec<(Label, Part<'a, E::Node>)>,
}

enum EdgePart {
    Cursor,
    Node,
    Name,
}

impl<'a, E: Edge> Plan<'a, E> {
    /// `None` for a selection that is not ours to read: directives, the same key twice, a fragment on an interface.
    fn of(context: &ContextSelectionSet<'a>) -> Option<Self> {
        let mut plan = Self { edge: Vec::new(), node: None, parts: Vec::new() };
        for item in &context.item.node.items {
            let Selection::Field(field) = &item.node else { return None };
            let key = &field.node.response_key().node;
            let part = match field.node.name.node.as_str() {
                "cursor" => EdgePart::Cursor,
                "__typename" => EdgePart::Name,
                "node" if plan.node.is_none() => {
                    plan.node = Some(field);
                    EdgePart::Node
                }
                _ => return None,
            };
            let label = label(key);
            if !field.node.directives.is_empty() || plan.edge.iter().any(|(known, _)| *known == label) {
                return None;
            }
            plan.edge.push((label, part));
        }
        if let Some(node) = plan.node {
            plan.read(context, &node.node.selection_set.node, &mut HashSet::new())?;
        }
        Some(plan)
    }

    fn read(&mut self, context: &ContextSelectionSet<'a>, set: &'a SelectionSet, seen: &mut HashSet<&'a str>) -> Option<()> {
        for item in &set.items {
            let (condition, set) = match &item.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    if !field.node.directives.is_empty() || !seen.insert(key) {
                        return None;
                    }
                    let part = match field.node.name.node.as_str() {
                        "__typename" => Part::Name,
                        name => E::Node::plain(name).map_or(Part::Resolved(field), Part::Plain),
                    };
                    self.parts.push((label(key), part));
                    continue;
                }
                Selection::FragmentSpread(spread) if spread.node.directives.is_empty() => {
                    let fragment = context.query_env.fragments.get(&spread.node.fragment_name.node)?;
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set)
                }
                Selection::InlineFragment(fragment) if fragment.node.directives.is_empty() => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
                }
                _ => return None,
            };
            if condition.is_some_and(|condition| condition.node.on.node.as_str() != E::Node::type_name()) {
                return None;
            }
            self.read(context, &set.node, seen)?;
        }
        Some(())
    }

    /// The list as JSON; `None` when a resolver failed: the common way then tells what and where.
    async fn write(&self, rows: &[E], context: &ContextSelectionSet<'a>) -> Option<String> {
        let resolved = self.resolved(rows, context).await?;
        let mut out = Vec::with_capacity(rows.len() * 64 * (1 + self.parts.len()));
        out.push(b'[');
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let mut values = resolved.get(index).into_iter().flatten();
            out.push(b'{');
            for (place, (label, part)) in self.edge.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(label);
                match part {
                    EdgePart::Cursor => row.cursor().0.encode().json(&mut out),
                    EdgePart::Name => E::type_name().into_owned().json(&mut out),
                    EdgePart::Node => self.write_node(row.node(), &mut values, &mut out),
                }
            }
            out.push(b'}');
        }
        out.push(b']');
        String::from_utf8(out).ok()
    }

    fn write_node<'v>(&self, node: &E::Node, values: &mut impl Iterator<Item = &'v Value>, out: &mut Vec<u8>) {
        out.push(b'{');
        for (place, (label, part)) in self.parts.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(label);
            match part {
                Part::Plain(write) => write(node, out),
                Part::Name => E::Node::type_name().into_owned().json(out),
                Part::Resolved(_) => value_json(values.next().unwrap_or(&Value::Null), out),
            }
        }
        out.push(b'}');
    }

    /// What the resolvers say, row by row, in the order of the fields.
    async fn resolved(&self, rows: &[E], context: &ContextSelectionSet<'a>) -> Option<Vec<Vec<Value>>> {
        let fields: Vec<&Positioned<Field>> =
            self.parts.iter().filter_map(|(_, part)| if let Part::Resolved(field) = part { Some(*field) } else { None }).collect();
        let Some(place) = self.node.filter(|_| !fields.is_empty()) else { return Some(Vec::new()) };
        let resolving = rows.iter().enumerate().map(|(index, row)| {
            let fields = &fields;
            async move {
                let at = context.with_index(index);
                let at = at.with_field(place);
                let at = at.with_selection_set(&place.node.selection_set);
                let one = fields.iter().map(|field| {
                    let at = &at;
                    async move { row.node().resolve_field(&at.with_field(field)).await.map(Option::unwrap_or_default) }
                });
                futures_util::future::try_join_all(one).await
            }
        });
        futures_util::future::try_join_all(resolving).await.ok()
    }
}

/// A value of the graph as JSON. Text we made ourselves goes in as it is, unread; serde would read it once more.
pub fn value_json(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(object) => {
            if object.len() == 1
                && let Some(Value::String(raw)) = object.get(async_graphql_value::RAW_VALUE_TOKEN)
            {
                out.extend_from_slice(raw.as_bytes());
                return;
            }
            out.push(b'{');
            for (place, (name, value)) in object.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(&label(name));
                value_json(value, out);
            }
            out.push(b'}');
        }
        Value::List(list) => {
            out.push(b'[');
            for (place, value) in list.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                value_json(value, out);
            }
            out.push(b']');
        }
        other => {
            // Words, numbers and truths; memory does not fail.
            let _ = serde_json::to_writer(out, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Page, Rows};
    use async_graphql::{ComplexObject, EmptyMutation, EmptySubscription, Object, Schema, SimpleObject};
    use futures_util::FutureExt;
    use serde_json::Value as Told;

    #[derive(Debug, Clone, SimpleObject)]
    #[graphql(complex)]
    pub struct Thing {
        name: Option<String>,
        size: f64,
        since: NaiveDate,
        at: DateTime<Utc>,
    }

    #[ComplexObject]
    impl Thing {
        async fn twice(&self, times: i32) -> async_graphql::Result<f64> {
            if times > 9 { Err("too often".into()) } else { Ok(self.size * f64::from(times)) }
        }
        async fn part(&self) -> Option<&Thing> {
            self.name.as_ref().map(|_| self)
        }
    }

    crate::plain!(Thing { "name" => name, "size" => size, "since" => since, "at" => at });
    crate::connection!(ThingConnection, ThingEdge, Thing, "things");

    struct Query;

    #[Object]
    impl Query {
        async fn things(&self) -> ThingConnection {
            let day = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
            let at = day.and_hms_milli_opt(8, 0, 0, 250).expect("an hour").and_utc();
            let thing = |name: Option<&str>, size| Thing { name: name.map(str::to_owned), size, since: day, at };
            let things = vec![thing(Some("a \"quoted\" é"), 1.0), thing(None, 0.1 + 0.2), thing(Some(""), -3.5e-9)];
            let key = |thing: &Thing| Key { sort: thing.size.to_string(), id: uuid::Uuid::nil() };
            Rows::of(things, &Page { first: 2, after: None }, key).into()
        }
    }

    /// The answer as this module writes it.
    fn told(query: &str) -> (Told, usize) {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let answer = schema.execute(query).now_or_never().expect("nothing to wait for");
        let mut out = Vec::new();
        value_json(&answer.data, &mut out);
        (serde_json::from_slice(&out).expect("JSON"), answer.errors.len())
    }

    #[test]
    fn a_list_written_at_once_says_what_a_list_resolved_field_by_field_says() {
        let fields = "name size since at small: twice(times: 2) part { name size } __typename";
        // The same key twice goes the common way.
        let (common, none) =
            told(&format!("{{ things {{ edges {{ cursor __typename node {{ size {fields} }} }} pageInfo {{ hasNextPage }} }} }}"));
        assert_eq!((none, common["things"]["edges"].as_array().map(Vec::len)), (0, Some(2)));
        for asked in [
            format!("{{ things {{ edges {{ cursor __typename node {{ {fields} }} }} pageInfo {{ hasNextPage }} }} }}"),
            format!(
                "{{ things {{ edges {{ cursor __typename node {{ ...f }} }} pageInfo {{ hasNextPage }} }} }} fragment f on Thing {{ {fields} }}"
            ),
            format!("{{ things {{ edges {{ cursor __typename node {{ ... on Thing {{ {fields} }} }} }} pageInfo {{ hasNextPage }} }} }}"),
            format!(
                "{{ things {{ edges {{ cursor __typename node {{ ... @include(if: true) {{ {fields} }} }} }} pageInfo {{ hasNextPage }} }} }}"
            ),
        ] {
            assert_eq!(told(&asked), (common.clone(), 0), "{asked}");
        }
    }

    #[test]
    fn keys_are_as_asked_and_what_is_skipped_is_left_out() {
        let (told, _) = told("{ things { edges { at: node { label: name size @skip(if: true) } } } }");
        assert_eq!(
            told,
            serde_json::json!({ "things": { "edges": [{ "at": { "label": "a \"quoted\" é" } }, { "at": { "label": null } }] } })
        );
    }

    #[test]
    fn an_error_of_a_row_is_told_as_ever() {
        let (_, errors) = told("{ things { edges { node { name twice(times: 10) } } } }");
        let (_, common) = told("{ things { edges { node { name name twice(times: 10) } } } }");
        assert_eq!(errors, common);
        assert!(errors > 0);
    }

    #[test]
    fn a_value_is_written_as_serde_writes_it() {
        let json = serde_json::json!({ "a": [1, 2.5, "x\"y\n", null, true], "b": { "c": {} } });
        let value = Value::from_json(json.clone()).expect("a value");
        let mut out = Vec::new();
        value_json(&value, &mut out);
        assert_eq!(serde_json::from_slice::<Told>(&out).expect("JSON"), json);
    }
}
