//! A place in the feed: (epoch, scope, xid, seq), opaque outside.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use terrein_shared::Reason;

use crate::error::{Error, invalid};

/// Where a reader is. Another epoch is another history (restored, promoted); another scope, other rights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    pub epoch: String,
    pub scope: i32,
    pub xid: u64,
    pub seq: i64,
}

impl Cursor {
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {} {} {}", self.epoch, self.scope, self.xid, self.seq))
    }

    /// # Errors
    /// `Invalid` for a text we did not make.
    pub fn decode(text: &str) -> Result<Self, Error> {
        let parts = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let [epoch, scope, xid, seq] = text.split(' ').collect::<Vec<_>>().try_into().ok()?;
            Some(Self { epoch: epoch.to_owned(), scope: scope.parse().ok()?, xid: xid.parse().ok()?, seq: seq.parse().ok()? })
        };
        parts().ok_or(invalid("since", Reason::WrongCursor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_road_and_a_foreign_one_is_refused() {
        let cursor = Cursor { epoch: "ab12.1".into(), scope: 3, xid: 99, seq: 7 };
        assert_eq!(Cursor::decode(&cursor.encode()).ok(), Some(cursor));
        assert!(Cursor::decode("bm9uc2Vuc2U").is_err());
    }
}
