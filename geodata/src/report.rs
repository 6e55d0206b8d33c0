//! What an import did, for a person and as the one JSON object of `--json`.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::load::Intake;
use crate::merge::Counts;
use crate::reason::{Language, Reject, Repair};
use crate::run::Request;

/// Rejects, repairs and loose ends listed one by one; the counts go on.
const LISTED: usize = 1_000;

/// What links were made, and what has none.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Links {
    /// `plot_terrain` -> how many of the rows of this run have it.
    pub linked: Map<String, Value>,
    pub unlinked: Vec<Unlinked>,
    /// `company_address` -> how many have none.
    pub unlinked_counts: Map<String, Value>,
}

/// A row that found no partner: it can be linked by hand.
#[derive(Debug, Clone, Serialize)]
pub struct Unlinked {
    pub kind: String,
    pub source_id: String,
    pub label: String,
    /// `no_terrain`, `no_plot`, `no_building`, `no_address`.
    pub reason: String,
}

/// The outcome of an import.
#[derive(Debug)]
pub struct Report {
    pub source: &'static str,
    pub dry_run: bool,
    pub read: u64,
    /// Sound rows that are not wanted: history, other kinds of thing.
    pub skipped: u64,
    pub counts: Counts,
    pub rejected: u64,
    pub rejects: Vec<Reject>,
    pub repairs: Vec<Repair>,
    pub links: Links,
    language: Language,
}

impl Report {
    pub(crate) fn new(source: &'static str, request: &Request, intake: Intake, counts: Counts, repairs: Vec<Repair>, links: Links) -> Self {
        Self {
            source,
            dry_run: request.dry_run,
            read: intake.read,
            skipped: intake.skipped,
            counts,
            rejected: intake.rejected,
            rejects: intake.rejects,
            repairs,
            links,
            language: request.language,
        }
    }

    /// The object of `--json`. `rejected` and `unlinked` list at most a thousand; `rejected_count` and `unlinked_counts` are whole.
    pub fn json(&self) -> Value {
        let rejected: Vec<Value> = self
            .rejects
            .iter()
            .take(LISTED)
            .map(|r| {
                json!({ "row": r.row, "field": r.field, "reason": r.reason.code(), "detail": r.reason.detail(), "text": r.reason.text(self.language) })
            })
            .collect();
        json!({
            "source": self.source,
            "dry_run": self.dry_run,
            "read": self.read,
            "skipped": self.skipped,
            "created": self.counts.created,
            "updated": self.counts.updated,
            "unchanged": self.counts.unchanged,
            "rejected": rejected,
            "rejected_count": self.rejected,
            "repaired": self.repairs.iter().take(LISTED).collect::<Vec<_>>(),
            "linked": self.links.linked,
            "unlinked": self.links.unlinked,
            "unlinked_counts": self.links.unlinked_counts,
        })
    }

    /// A few lines for a person.
    pub fn text(&self) -> String {
        let nl = self.language == Language::Nl;
        let Counts { created, updated, unchanged } = self.counts;
        let (read, skipped, rejected) = (self.read, self.skipped, self.rejected);
        let mut out = if nl {
            format!(
                "{}: {read} gelezen, {created} nieuw, {updated} bijgewerkt, {unchanged} gelijk, {skipped} overgeslagen, {rejected} afgewezen\n",
                self.source
            )
        } else {
            format!(
                "{}: {read} read, {created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, {rejected} rejected\n",
                self.source
            )
        };
        for r in self.rejects.iter().take(20) {
            let field = r.field.unwrap_or_default();
            out += &format!("  {} {}: {field} {}\n", if nl { "rij" } else { "row" }, r.row, r.reason.text(self.language));
        }
        for r in self.repairs.iter().take(20) {
            let mended = if nl { "geometrie hersteld" } else { "geometry repaired" };
            out += &format!("  {} {}: {mended} ({})\n", if nl { "rij" } else { "row" }, r.row, r.was);
        }
        let list = |map: &Map<String, Value>| map.iter().map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>().join(", ");
        if !self.links.linked.is_empty() {
            out += &format!("  {}: {}\n", if nl { "gekoppeld" } else { "linked" }, list(&self.links.linked));
        }
        if !self.links.unlinked_counts.is_empty() {
            out += &format!("  {}: {}\n", if nl { "niet gekoppeld" } else { "not linked" }, list(&self.links.unlinked_counts));
        }
        if self.dry_run {
            out += if nl { "  proef: er is niets bewaard\n" } else { "  dry run: nothing was kept\n" };
        }
        out
    }
}
