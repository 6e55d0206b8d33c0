//! The sources, one file each: what is read, and beside it the SQL that says what it becomes.

mod bag;
mod bgt;
mod brk;
mod companies;
mod ground;
mod ibis;
mod infrastructure;
mod municipalities;
mod top10nl;

use crate::source::Source;
pub use infrastructure::KINDS;

/// Every source, in the order an operator brings them in.
pub const ALL: &[&Source] = &[
    &municipalities::SOURCE,
    &ibis::SOURCE,
    &brk::SOURCE,
    &bag::SOURCE,
    &bgt::SOURCE,
    &top10nl::SOURCE,
    &companies::SOURCE,
    &infrastructure::SOURCE,
];

/// A source by its name.
pub fn by_name(name: &str) -> Option<&'static Source> {
    ALL.iter().copied().find(|s| s.name == name)
}
