//! Relay connections: keyset pages with opaque cursors.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::Reason;

/// How many rows, and after which one.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub first: u32,
    pub after: Option<Key>,
}

/// Where a row stands in its list: its sort value as text, then its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub sort: String,
    pub id: Uuid,
}

impl Key {
    /// The cursor of the row.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\u{1f}{}", self.id, self.sort))
    }

    /// The row a cursor stands for.
    ///
    /// # Errors
    /// [`Reason::WrongCursor`] for a text we did not make.
    pub fn decode(cursor: &str) -> Result<Self, Reason> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Reason::WrongCursor)?;
        let text = String::from_utf8(bytes).map_err(|_| Reason::WrongCursor)?;
        let (id, sort) = text.split_once('\u{1f}').ok_or(Reason::WrongCursor)?;
        Ok(Self { sort: sort.to_owned(), id: Uuid::try_parse(id).map_err(|_| Reason::WrongCursor)? })
    }
}

/// Rows of a page, one more of which was asked for to know whether there is a next.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    pub rows: Vec<(Key, T)>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<T> Rows<T> {
    /// Takes `first + 1` rows (or fewer) apart.
    #[must_use]
    pub fn of(mut rows: Vec<T>, page: &Page, key: impl Fn(&T) -> Key) -> Self {
        let first = page.first as usize;
        let has_next = rows.len() > first;
        rows.truncate(first);
        Self { rows: rows.into_iter().map(|row| (key(&row), row)).collect(), has_next, has_previous: page.after.is_some() }
    }
}

/// Where a page stands.
#[derive(Debug, Clone, async_graphql::SimpleObject)]
pub struct PageInfo {
    /// Whether more follow.
    has_next_page: bool,
    /// Whether others came before.
    has_previous_page: bool,
    /// Cursor of the first row.
    start_cursor: Option<String>,
    /// Cursor of the last row: give it as `after` to read on.
    end_cursor: Option<String>,
}

impl PageInfo {
    #[must_use]
    pub fn of<T>(rows: &Rows<T>) -> Self {
        Self {
            has_next_page: rows.has_next,
            has_previous_page: rows.has_previous,
            start_cursor: rows.rows.first().map(|(key, _)| key.encode()),
            end_cursor: rows.rows.last().map(|(key, _)| key.encode()),
        }
    }
}

/// Declares a Relay connection and its edge over a graph type: `connection!(PlotConnection, PlotEdge, Plot)`.
#[macro_export]
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $of:literal) => {
        #[doc = concat!("A page of ", $of, ".")]
        #[derive(Debug, Clone, async_graphql::SimpleObject)]
        pub struct $connection {
            /// The rows with their cursors.
            edges: $crate::written::Edges<$edge>,
            /// Where this page stands.
            page_info: $crate::page::PageInfo,
        }

        #[doc = concat!("One of ", $of, ", with its place in the list.")]
        #[derive(Debug, Clone, async_graphql::SimpleObject)]
        pub struct $edge {
            /// Give it as `after` to read on from here.
            cursor: $crate::written::Cursor,
            /// The thing itself.
            node: $node,
        }

        impl<T: Into<$node>> From<$crate::page::Rows<T>> for $connection {
            fn from(rows: $crate::page::Rows<T>) -> Self {
                Self {
                    page_info: $crate::page::PageInfo::of(&rows),
                    edges: $crate::written::Edges(
                        rows.rows.into_iter().map(|(key, row)| $edge { cursor: $crate::written::Cursor(key), node: row.into() }).collect(),
                    ),
                }
            }
        }

        impl $crate::written::Edge for $edge {
            type Node = $node;

            fn cursor(&self) -> &$crate::written::Cursor {
                &self.cursor
            }

            fn node(&self) -> &$node {
                &self.node
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_road_and_a_foreign_one_is_refused() {
        let key = Key { sort: "Haven\u{e9}".into(), id: crate::id::new_id() };
        assert_eq!(Key::decode(&key.encode()), Ok(key));
        assert_eq!(Key::decode("nonsense"), Err(Reason::WrongCursor));
    }

    #[test]
    fn a_page_knows_whether_there_is_a_next() {
        let page = Page { first: 2, after: None };
        let rows = Rows::of(vec![1, 2, 3], &page, |n| Key { sort: n.to_string(), id: Uuid::nil() });
        assert!(rows.has_next && rows.rows.len() == 2);
    }
}
