//! Issue: a problem, opportunity or challenge pinned on the map; who says "speelt ook bij ons" (support), what is said about it
//! (comments) and what happened to it (history).

mod graphql;
mod input;
mod merge;
mod queries;
mod rules;
mod service;
mod support;

pub use graphql::{COLUMNS, Issue, IssueComment, IssueConnection, IssueEvent, Support};
pub use input::IssueMutation;
pub use queries::{COMMENT_COLUMNS, IssueFilter, SUPPORT_COLUMNS, get_issue, list_issues};
pub use rules::{Audience, IssueKind, IssueState, Theme, Willingness};

use terrein_shared::layer::Layer;

pub const LAYER: Layer = Layer {
    name: "issue",
    description: "Problems, opportunities and challenges",
    table: "issue",
    columns: "'issue:' || id as id, kind, theme, state, coalesce(title, '') as title, support_count",
    fields: &[
        ("id", "String"),
        ("kind", "String"),
        ("theme", "String"),
        ("state", "String"),
        ("title", "String"),
        ("support_count", "Number"),
    ],
    condition: "deleted_at is null",
    min_zoom: 10,
    max_zoom: 16,
    min_pixels: 0.0,
    attribution: "",
    public: false,
};
