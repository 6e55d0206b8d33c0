//! Questions made from the contract: every field of every type that can be reached, so that a new one is asked too.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Variables;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};
use async_graphql::parser::{parse_query, parse_schema};
use terrein::schema::limits;

/// Rows of a list, by how deep it stands: more than there are canaries of a kind on one terrain, of which the cost allows fewer further down.
const FIRST: [usize; 4] = [20, 4, 2, 1];

pub struct Field {
    pub name: String,
    arguments: Vec<(String, bool)>,
    pub of: String,
}

impl Field {
    /// Whether it is a command with an input of its own.
    pub fn takes_input(&self) -> bool {
        self.arguments.iter().any(|(name, _)| name == "input")
    }

    /// Whether it is asked of a thing.
    pub fn takes_id(&self) -> bool {
        self.arguments.iter().any(|(name, _)| name == "id" || name == "terrains" || name.ends_with("Id"))
    }
}

enum Kind {
    Object(Vec<Field>),
    /// Of these types one.
    Abstract(Vec<String>),
    Leaf,
}

pub struct Contract(BTreeMap<String, Kind>);

fn named(of: &Type) -> String {
    match &of.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}

fn field(definition: &FieldDefinition) -> Field {
    Field {
        name: definition.name.node.to_string(),
        arguments: definition
            .arguments
            .iter()
            .map(|argument| (argument.node.name.node.to_string(), !argument.node.ty.node.nullable && argument.node.default_value.is_none()))
            .collect(),
        of: named(&definition.ty.node),
    }
}

/// What a path stands in: `terrain(id: …)` or `... on Plot`.
type Path = Vec<String>;

impl Contract {
    pub fn read() -> Self {
        let document = parse_schema(terrein::schema::sdl()).expect("the contract is read");
        let (mut types, mut implemented) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for definition in &document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            let kind = match &definition.node.kind {
                TypeKind::Object(object) => {
                    for interface in &object.implements {
                        implemented.entry(interface.node.to_string()).or_default().push(name.clone());
                    }
                    Kind::Object(object.fields.iter().map(|definition| field(&definition.node)).collect())
                }
                TypeKind::Interface(_) => Kind::Abstract(Vec::new()),
                TypeKind::Union(union) => Kind::Abstract(union.members.iter().map(|member| member.node.to_string()).collect()),
                TypeKind::Enum(_) | TypeKind::Scalar => Kind::Leaf,
                TypeKind::InputObject(_) => continue,
            };
            types.insert(name, kind);
        }
        for (interface, members) in implemented {
            types.insert(interface, Kind::Abstract(members));
        }
        Self(types)
    }

    pub fn fields(&self, of: &str) -> &[Field] {
        match self.0.get(of) {
            Some(Kind::Object(fields)) => fields,
            _ => &[],
        }
    }

    /// What can be of this type.
    pub fn members(&self, of: &str) -> &[String] {
        match self.0.get(of) {
            Some(Kind::Abstract(members)) => members,
            _ => &[],
        }
    }

    /// Objects that a question can come to.
    pub fn reached(&self) -> BTreeSet<String> {
        let (mut reached, mut open) = (BTreeSet::new(), vec!["Query".to_owned()]);
        while let Some(name) = open.pop() {
            let next: Vec<String> =
                self.fields(&name).iter().map(|field| field.of.clone()).chain(self.members(&name).iter().cloned()).collect();
            if (matches!(self.0.get(&name), Some(Kind::Leaf) | None)) || !reached.insert(name) {
                continue;
            }
            open.extend(next);
        }
        reached.retain(|name| !self.fields(name).is_empty() && name != "Query");
        reached
    }

    /// A field as it is asked; under a name of its own where it takes arguments, so that two types on one thing do not stand in each other's way.
    fn asked(&self, on: &str, field: &Field, lists: usize) -> String {
        let given: Vec<String> = field
            .arguments
            .iter()
            .filter_map(|(name, required)| match (name.as_str(), required) {
                ("first", _) => Some(format!("first: {}", FIRST[lists.min(FIRST.len() - 1)])),
                (_, false) => None,
                (other, true) => panic!("{on}.{}: what to give for {other}?", field.name),
            })
            .collect();
        if given.is_empty() { field.name.clone() } else { format!("{on}_{name}: {name}({})", given.join(", "), name = field.name) }
    }

    fn plumbing(of: &str) -> bool {
        of.ends_with("Connection") || of.ends_with("Edge")
    }

    /// Every field of a type, and of what it points at so many steps further.
    pub fn selection(&self, of: &str, steps: usize, lists: usize) -> String {
        let mut parts = Vec::new();
        for field in self.fields(of) {
            let below = lists + usize::from(field.of.ends_with("Connection"));
            if matches!(self.0.get(&field.of), Some(Kind::Leaf) | None) {
                parts.push(self.asked(of, field, lists));
            } else if Self::plumbing(of) || steps > 0 {
                // From page to row is no step.
                let steps = steps - usize::from(!Self::plumbing(of));
                parts.push(format!("{} {{ {} }}", self.asked(of, field, lists), self.selection(&field.of, steps, below)));
            }
        }
        for member in self.members(of) {
            parts.push(format!("... on {member} {{ {} }}", self.selection(member, steps, lists)));
        }
        if parts.is_empty() { "__typename".to_owned() } else { parts.join(" ") }
    }

    pub fn fits(question: &str) -> bool {
        limits::check_text(question).is_ok()
            && parse_query(question)
                .is_ok_and(|document| limits::check(&document, None, &Variables::default(), limits::AD_HOC_COST).is_ok())
    }

    /// Questions that together ask everything below a path, each within what one question may cost.
    pub fn questions(&self, path: &Path, of: &str, steps: usize, lists: usize) -> Vec<String> {
        let wrap = |inner: &str| format!("{{ {} {{ {inner} }}{}", path.join(" { "), " }".repeat(path.len()));
        let whole = wrap(&self.selection(of, steps, lists));
        if Self::fits(&whole) {
            return vec![whole];
        }
        let mut all = Vec::new();
        let under = |step: String| {
            let mut path = path.clone();
            path.push(step);
            path
        };
        let leaves: Vec<String> = self
            .fields(of)
            .iter()
            .filter(|field| matches!(self.0.get(&field.of), Some(Kind::Leaf)))
            .map(|field| self.asked(of, field, lists))
            .collect();
        if !leaves.is_empty() {
            all.push(wrap(&leaves.join(" ")));
        }
        for field in self.fields(of).iter().filter(|field| !matches!(self.0.get(&field.of), Some(Kind::Leaf) | None)) {
            let plumbing = Self::plumbing(of);
            if !plumbing && steps == 0 {
                continue;
            }
            let below = lists + usize::from(field.of.ends_with("Connection"));
            all.extend(self.questions(&under(self.asked(of, field, lists)), &field.of, steps - usize::from(!plumbing), below));
        }
        for member in self.members(of) {
            all.extend(self.questions(&under(format!("... on {member}")), member, steps, lists));
        }
        assert!(all.iter().all(|question| Self::fits(question)), "{of} is too dear to be asked: {all:#?}");
        all
    }
}
