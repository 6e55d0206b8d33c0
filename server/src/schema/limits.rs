//! What a question may cost, checked on the parsed document before anything runs. A fragment is measured once however often it is
//! spread, so that a small text that unfolds to millions of fields is refused as fast as it is read.

use std::collections::{HashMap, HashSet};

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Field, FragmentDefinition, OperationType, Selection, SelectionSet};
use async_graphql::{Positioned, Variables};
use async_graphql_value::{ConstValue, Value};

use crate::error::Error;

pub const QUERY_BYTES: usize = 16 * 1024;
pub const TOKENS: usize = 2_000;
pub const VARIABLE_BYTES: usize = 64 * 1024;
pub const SELECTIONS: usize = 1_000;
pub const DEPTH: usize = 12;
pub const ROOT_FIELDS: usize = 30;
pub const OPERATIONS: usize = 5;
pub const VARIABLES: usize = 50;
pub const DIRECTIVES: usize = 3;
pub const INPUT_LIST: usize = 250;
/// Points of all shapes, as often as they are asked with: each is checked each time.
pub const POINTS: usize = terrein_shared::geometry::MAX_POINTS;
/// Types a thing has beside its own: fragments on them are paid for always.
const ABSTRACT: [&str; 1] = ["Node"];
/// Cost of one question: rows that may be touched, lists multiplied.
pub const AD_HOC_COST: usize = 1_000;
pub const PERSISTED_COST: usize = 5_000;

fn over(limit: &'static str, found: usize, most: usize) -> Result<(), Error> {
    if found > most { Err(Error::Limit { limit, found, most }) } else { Ok(()) }
}

/// Checks a text before it is parsed: its length and its tokens.
///
/// # Errors
/// [`Error::Limit`] names which.
pub fn check_text(query: &str) -> Result<(), Error> {
    over("query-bytes", query.len(), QUERY_BYTES)?;
    over("tokens", tokens(query), TOKENS)
}

/// Words and signs of a text; strings and comments count as one each.
fn tokens(query: &str) -> usize {
    let mut count = 0;
    let mut chars = query.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '#' => while chars.next().is_some_and(|c| c != '\n') {},
            '"' => {
                count += 1;
                let mut escaped = false;
                for c in chars.by_ref() {
                    match c {
                        '"' if !escaped => break,
                        '\\' => escaped = !escaped,
                        _ => escaped = false,
                    }
                }
            }
            c if c.is_alphanumeric() || c == '_' => {
                count += 1;
                while chars.next_if(|c| c.is_alphanumeric() || *c == '_' || *c == '.').is_some() {}
            }
            c if c.is_whitespace() || c == ',' => {}
            _ => count += 1,
        }
    }
    count
}

/// Checks what came with a question.
///
/// # Errors
/// [`Error::Limit`] names which.
pub fn check_variables(variables: &Variables) -> Result<(), Error> {
    over("variables", variables.len(), VARIABLES)?;
    variables.values().try_for_each(check_lists)
}

fn check_lists(value: &ConstValue) -> Result<(), Error> {
    match value {
        // A shape's coordinates have limits of their own (`geometry::MAX_POINTS`).
        ConstValue::Object(object) if object.contains_key("coordinates") => Ok(()),
        ConstValue::Object(object) => object.values().try_for_each(check_lists),
        ConstValue::List(list) => {
            over("input-list", list.len(), INPUT_LIST)?;
            list.iter().try_for_each(check_lists)
        }
        _ => Ok(()),
    }
}

/// What a selection comes to with every fragment unfolded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Size {
    selections: usize,
    depth: usize,
    cost: usize,
    /// The part of the cost that lists of their own size make up.
    lists: usize,
    /// Points of shapes in arguments.
    points: usize,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    pub cost: usize,
    /// Fields with every fragment unfolded.
    pub selections: usize,
    pub operation: OperationType,
}

/// Measures the operation that will run, and refuses the document when any is too large.
///
/// # Errors
/// [`Error::Limit`] names which limit and by how much.
pub fn check(document: &ExecutableDocument, operation: Option<&str>, variables: &Variables, most_cost: usize) -> Result<Measured, Error> {
    over("operations", document.operations.iter().count(), OPERATIONS)?;
    // What a variable comes to when it is not sent; the largest where operations of one document differ.
    let mut defaults: HashMap<&str, usize> = HashMap::new();
    for definition in document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions) {
        over("directives", definition.node.directives.len(), DIRECTIVES)?;
        let Some(value) = &definition.node.default_value else { continue };
        check_lists(&value.node)?;
        let most = defaults.entry(definition.node.name.node.as_str()).or_default();
        *most = (*most).max(count(&value.node).unwrap_or_default());
    }
    let mut measure = Measure { document, variables, defaults, fragments: HashMap::new(), points_of: HashMap::new(), open: HashSet::new() };
    let mut chosen = None;
    for (name, definition) in document.operations.iter() {
        over("variables", definition.node.variable_definitions.len(), VARIABLES)?;
        over("directives", definition.node.directives.len(), DIRECTIVES)?;
        let size = measure.set(&definition.node.selection_set.node)?;
        over("selections", size.selections, SELECTIONS)?;
        over("depth", size.depth, DEPTH)?;
        over("points", size.points, POINTS)?;
        over("root-fields", definition.node.selection_set.node.items.len(), ROOT_FIELDS)?;
        if operation.is_none() || name.map(Name::as_str) == operation {
            chosen = Some((size, definition.node.ty));
        }
    }
    // What no operation reaches is measured too: the library walks it before it says so.
    for (name, fragment) in &document.fragments {
        let size = measure.named(name, fragment)?;
        over("depth", size.depth, DEPTH)?;
    }
    let (size, operation) = chosen.unwrap_or((Size::default(), OperationType::Query));
    let cost = if operation == OperationType::Mutation { size.cost.saturating_mul(5) } else { size.cost }.max(1);
    over("cost", cost, most_cost)?;
    Ok(Measured { cost, selections: size.selections, operation })
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    defaults: HashMap<&'a str, usize>,
    fragments: HashMap<&'a str, Size>,
    /// Points of what was sent, counted once.
    points_of: HashMap<String, usize>,
    open: HashSet<&'a str>,
}

impl<'a> Measure<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Size, Error> {
        let mut total = Size::default();
        // A thing is of one type: of fragments on several types only the dearest is paid for.
        let mut by_type: HashMap<&'a str, (usize, usize)> = HashMap::new();
        for item in &set.items {
            let (size, on) = match &item.node {
                Selection::Field(field) => (self.field(&field.node)?, None),
                Selection::InlineFragment(fragment) => {
                    over("directives", fragment.node.directives.len(), DIRECTIVES)?;
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    (self.set(&fragment.node.selection_set.node)?, on)
                }
                Selection::FragmentSpread(spread) => {
                    over("directives", spread.node.directives.len(), DIRECTIVES)?;
                    let on = self
                        .document
                        .fragments
                        .get(&spread.node.fragment_name.node)
                        .map(|found| found.node.type_condition.node.on.node.as_str());
                    (self.fragment(&spread.node.fragment_name)?, on)
                }
            };
            total.selections = total.selections.saturating_add(size.selections);
            total.depth = total.depth.max(size.depth);
            total.points = total.points.saturating_add(size.points);
            match on.filter(|on| !ABSTRACT.contains(on)) {
                Some(on) => {
                    let (cost, lists) = by_type.entry(on).or_default();
                    *cost = cost.saturating_add(size.cost);
                    *lists = lists.saturating_add(size.lists);
                }
                None => {
                    total.cost = total.cost.saturating_add(size.cost);
                    total.lists = total.lists.saturating_add(size.lists);
                }
            }
            // At once, so that an unfolding document is not walked to its end.
            over("selections", total.selections, SELECTIONS)?;
        }
        total.cost = total.cost.saturating_add(by_type.values().map(|(cost, _)| *cost).max().unwrap_or_default());
        total.lists = total.lists.saturating_add(by_type.values().map(|(_, lists)| *lists).max().unwrap_or_default());
        Ok(total)
    }

    fn fragment(&mut self, name: &'a Positioned<Name>) -> Result<Size, Error> {
        match self.document.fragments.get(&name.node) {
            Some(definition) => self.named(&name.node, definition),
            None => Ok(Size::default()),
        }
    }

    fn named(&mut self, name: &'a Name, definition: &'a Positioned<FragmentDefinition>) -> Result<Size, Error> {
        let name = name.as_str();
        if let Some(size) = self.fragments.get(name) {
            return Ok(*size);
        }
        if !self.open.insert(name) {
            return Err(Error::Limit { limit: "fragment-cycle", found: 1, most: 0 });
        }
        over("directives", definition.node.directives.len(), DIRECTIVES)?;
        let size = self.set(&definition.node.selection_set.node)?;
        self.open.remove(name);
        self.fragments.insert(name, size);
        Ok(size)
    }

    fn field(&mut self, field: &'a Field) -> Result<Size, Error> {
        over("directives", field.directives.len(), DIRECTIVES)?;
        for (_, value) in &field.arguments {
            self.literal_lists(&value.node)?;
        }
        let inner = self.set(&field.selection_set.node)?;
        let own_points = field.arguments.iter().map(|(_, value)| self.points(&value.node));
        let points = own_points.fold(inner.points, usize::saturating_add);
        let first = field.get_argument("first").map(|first| self.number(&first.node));
        let own = usize::from(!field.selection_set.node.items.is_empty());
        let (selections, depth) = (inner.selections.saturating_add(1), inner.depth + 1);
        // A page of the feed reads each kind of thing, and the one thing that hangs on it, in one statement, and is mostly empty: the app
        // asks for one at every word of a change. So ten rows count for one. Lists that hang on the rows are read for each row.
        if field.name.node == "changes" {
            let tens = first.unwrap_or(1).div_ceil(10);
            let cost = tens.saturating_mul(inner.lists.saturating_add(1)).saturating_add(inner.cost.saturating_sub(inner.lists));
            return Ok(Size { selections, depth, cost, lists: cost, points });
        }
        let cost = inner.cost.saturating_mul(first.unwrap_or(1)).saturating_add(own);
        let lists = if first.is_some() { cost } else { inner.lists };
        Ok(Size { selections, depth, cost, lists, points })
    }

    /// Points of the shapes in an argument.
    fn points(&mut self, value: &Value) -> usize {
        match value {
            Value::Variable(name) => {
                let (name, variables) = (name.as_str(), self.variables);
                if let Some(points) = self.points_of.get(name) {
                    return *points;
                }
                let points = variables.get(name).map_or(0, shape_points);
                self.points_of.insert(name.to_owned(), points);
                points
            }
            Value::Object(object) => {
                let own = object.get("coordinates").map_or(0, literal_numbers) / 2;
                object.values().fold(own, |sum, value| sum.saturating_add(self.points(value)))
            }
            Value::List(list) => list.iter().map(|value| self.points(value)).fold(0, usize::saturating_add),
            _ => 0,
        }
    }

    fn number(&self, value: &Value) -> usize {
        let number = match value {
            Value::Number(number) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
            Value::Variable(name) => match self.variables.get(name) {
                Some(sent) => count(sent),
                None => self.defaults.get(name.as_str()).copied(),
            },
            _ => None,
        };
        number.unwrap_or(1)
    }

    fn literal_lists(&self, value: &Value) -> Result<(), Error> {
        match value {
            Value::Object(object) if object.contains_key("coordinates") => Ok(()),
            Value::Object(object) => object.values().try_for_each(|value| self.literal_lists(value)),
            Value::List(list) => {
                over("input-list", list.len(), INPUT_LIST)?;
                list.iter().try_for_each(|value| self.literal_lists(value))
            }
            _ => Ok(()),
        }
    }
}

/// Points of the shapes in a value.
fn shape_points(value: &ConstValue) -> usize {
    match value {
        ConstValue::Object(object) => {
            let own = object.get("coordinates").map_or(0, numbers) / 2;
            object.values().map(shape_points).fold(own, usize::saturating_add)
        }
        ConstValue::List(list) => list.iter().map(shape_points).fold(0, usize::saturating_add),
        _ => 0,
    }
}

fn numbers(value: &ConstValue) -> usize {
    match value {
        ConstValue::List(list) => list.iter().map(numbers).sum(),
        _ => 1,
    }
}

fn literal_numbers(value: &Value) -> usize {
    match value {
        Value::List(list) => list.iter().map(literal_numbers).sum(),
        _ => 1,
    }
}

/// A number of rows, where it is one.
fn count(value: &ConstValue) -> Option<usize> {
    match value {
        ConstValue::Number(number) => usize::try_from(number.as_u64()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn refused(query: &str) -> &'static str {
        let document = parse_query(query).expect("parses");
        match check(&document, None, &Variables::default(), AD_HOC_COST) {
            Err(Error::Limit { limit, .. }) => limit,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_fragment_bomb_is_refused_at_once() {
        let mut query = String::from("{ ...a0 } fragment a30 on Query { viewer { id } } ");
        for n in 0..30 {
            query.push_str(&format!("fragment a{n} on Query {{ ...a{m} ...a{m} }} ", m = n + 1));
        }
        let started = std::time::Instant::now();
        assert_eq!(refused(&query), "selections");
        assert!(started.elapsed().as_millis() < 100);
    }

    #[test]
    fn cycles_depth_and_width_are_refused() {
        assert_eq!(refused("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"), "fragment-cycle");
        assert_eq!(refused(&format!("{}id{}", "{ a ".repeat(13), " }".repeat(13))), "depth");
        assert_eq!(refused(&format!("{{ {} }}", (0..31).map(|n| format!("a{n}: viewer {{ id }} ")).collect::<String>())), "root-fields");
        assert_eq!(refused("{ viewer @a @b @c @d { id } }"), "directives");
    }

    #[test]
    fn lists_multiply_in_the_cost() {
        let query = "{ terrain(id: \"t\") { plots(first: 100) { edges { node { occupants(first: 100) { edges { node { id } } } } } } } }";
        assert_eq!(refused(query), "cost");
        let document = parse_query("{ terrain(id: \"t\") { plots(first: 100) { edges { node { id } } } } }").expect("parses");
        let measured = check(&document, None, &Variables::default(), AD_HOC_COST).expect("allowed");
        assert_eq!(measured.cost, 202);
    }

    #[test]
    fn a_page_of_the_feed_counts_by_ten_and_its_lists_by_row() {
        let cost = |query: &str| {
            let document = parse_query(query).expect("parses");
            check(&document, None, &Variables::default(), PERSISTED_COST).map(|measured| measured.cost)
        };
        let plain = "{ changes(terrains: [], first: 1000) { items { id node { ... on Plot { id } ... on Occupancy { plot { id } } } } } }";
        assert_eq!(cost(plain).ok(), Some(100 + 3));
        let lists =
            "{ changes(terrains: [], first: 100) { items { node { ... on Issue { comments(first: 5) { edges { node { id } } } } } } } }";
        assert_eq!(cost(lists).ok(), Some(10 * (1 + 11) + 2));
        let dear =
            "{ changes(terrains: [], first: 1000) { items { node { ... on Issue { comments(first: 50) { edges { node { id } } } } } } } }";
        assert!(cost(dear).is_err());
    }

    #[test]
    fn of_fragments_on_several_types_the_dearest_is_paid_for() {
        let query =
            "{ list(first: 100) { items { node { ... on Node { id } ... on Plot { a { id } } ... on Issue { a { id } b { id } } } } } }";
        let document = parse_query(query).expect("parses");
        let measured = check(&document, None, &Variables::default(), AD_HOC_COST).expect("allowed");
        assert_eq!(measured.cost, 1 + 100 * (1 + 1 + 2));
    }

    #[test]
    fn a_default_counts_where_a_variable_is_not_sent() {
        let query = "query($n: Int! = 100) { terrain(id: \"t\") { plots(first: $n) { edges { node { occupants(first: $n) { edges { node { id } } } } } } } }";
        assert_eq!(refused(query), "cost");
    }

    #[test]
    fn tokens_are_words_and_signs() {
        assert_eq!(tokens("{ viewer { id } } # a b c"), 6);
        assert_eq!(tokens(r#"{ a(b: "x \" y") }"#), 8);
    }
}
