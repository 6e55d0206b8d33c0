//! Personal access tokens: what a program of somebody's shows. It asks as its person, for reading or for writing too, until a day at most a
//! year away, and never reaches the account itself.

pub mod graphql;
pub mod open;

use chrono::{DateTime, Duration, Utc};
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use terrein_shared::id::AccessTokenId;
use terrein_shared::{Reason, text};

use super::account_mail::{Change, tell};
use super::caller::SessionHash;
use super::{Caller, Database};
use crate::error::{Error, InField, Result, Subject, invalid};
use crate::texts::Language;
use terrein_shared::clock::Clock;

/// What every token begins with.
const PREFIX: &str = "trn_";
/// Letters of chance: 43 of 62 hold 256 bits.
const SECRET: usize = 43;
/// Letters of the checksum: six of 62 hold 32 bits.
const CHECK: usize = 6;
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Most letters of a name.
const NAME: usize = 80;
/// Most days a token lives: a year, also one with a leap day.
const DAYS: i64 = 366;
/// Tokens in use that a person may have (`app.create_access_token`).
pub const MOST: usize = 20;

crate::vocabulary! {
    /// What a token is for.
    TokenScope {
        /// Questions, tiles, the feed.
        Read = "read",
        /// Commands too.
        Write = "write",
    }
}

/// A new token: `trn_`, 43 letters and digits of chance, six of a checksum.
#[must_use]
pub fn mint() -> String {
    let secret: String = (0..SECRET).map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())])).collect();
    let checked = format!("{PREFIX}{secret}");
    let check = checksum(&checked);
    checked + &check
}

/// The first 32 bits of the SHA-256 of all before it, in base 62, the largest digit first: whoever searches a text for tokens knows one from
/// a word that looks like it.
fn checksum(checked: &str) -> String {
    let hash = Sha256::digest(checked.as_bytes());
    let mut number = usize::from_be_bytes([0, 0, 0, 0, hash[0], hash[1], hash[2], hash[3]]);
    let mut check = [b'0'; CHECK];
    for letter in check.iter_mut().rev() {
        *letter = LETTERS[number % LETTERS.len()];
        number /= LETTERS.len();
    }
    check.iter().map(|letter| char::from(*letter)).collect()
}

/// What the database knows a token by; `None` for a text that is none: a slip of the keyboard costs no look at the database.
#[must_use]
pub fn hash_of(text: &str) -> Option<SessionHash> {
    let letters = text.strip_prefix(PREFIX)?;
    if letters.len() != SECRET + CHECK || !letters.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let (checked, check) = text.split_at(PREFIX.len() + SECRET);
    (checksum(checked) == check).then(|| SessionHash::of_token(text))
}

#[derive(FromQueryResult)]
struct Met {
    writes: Option<bool>,
}

/// Whether a token writes, as the database knows it, which notes that it was used; `None` when it is no token (any more).
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub async fn meet(database: &Database, token: &SessionHash) -> Result<Option<bool>> {
    let nobody = Caller::new(database.clone(), None, Language::Nl, Clock::System);
    let met: Option<Met> = nobody.one("select app.meet_token($1) as writes", [token.bytes().into()]).await?;
    nobody.finish(true).await?;
    Ok(met.and_then(|met| met.writes))
}

/// A token as its person sees it afterwards.
#[derive(Debug, Clone, FromQueryResult, async_graphql::SimpleObject)]
#[graphql(complex)]
pub struct AccessToken {
    /// `token:…`
    pub id: AccessTokenId,
    /// What it is for, in its person's words.
    pub name: String,
    #[graphql(skip)]
    writes: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub valid_until: DateTime<Utc>,
    /// Used last, to the minute; nothing when never.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whether it stands for your roles that ask for a strong sign-in: it was made in a session that was one.
    pub strong: bool,
}

const COLUMNS: &str = "id, name, 'write' = any (scopes) as writes, created_at, valid_until, last_used_at, strong";

/// The caller's tokens, newest first: those that work, and those whose day came less than 30 days ago.
///
/// # Errors
/// [`Error::Forbidden`] for a token, [`Error::Unauthenticated`] for a visitor.
pub async fn list(caller: &Caller) -> Result<Vec<AccessToken>> {
    caller.account().await?;
    let sql = format!(
        "select {COLUMNS} from access_token where revoked_at is null and valid_until > app.now() - interval '30 days' order by created_at desc, id limit 200"
    );
    caller.all(&sql, []).await
}

/// One of the caller's tokens.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs.
pub async fn find(caller: &Caller, id: AccessTokenId) -> Result<AccessToken> {
    let sql = format!("select {COLUMNS} from access_token where id = $1");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Thing))
}

/// What somebody wants a token for.
pub struct Wanted<'a> {
    pub name: &'a str,
    pub scopes: &'a [TokenScope],
    pub valid_until: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Made {
    made: bool,
}

/// Makes a token; its id and the token itself, which is kept nowhere. `None` when the caller has 20 in use.
///
/// # Errors
/// [`Error::Invalid`] for a name without letters, no scope, a day in the past or more than a year away.
pub async fn create(caller: &Caller, wanted: &Wanted<'_>) -> Result<Option<(AccessTokenId, String)>> {
    let viewer = caller.account().await?;
    let name = text::required(wanted.name.to_owned(), NAME).in_field("name")?;
    if wanted.scopes.is_empty() {
        return Err(invalid("scopes", Reason::Required));
    }
    let now = caller.clock.now();
    if wanted.valid_until <= now || wanted.valid_until > now + Duration::days(DAYS) {
        return Err(invalid("validUntil", Reason::OutOfRange { min: 1, max: DAYS }));
    }
    // Who writes reads what came of it.
    let scopes = if wanted.scopes.contains(&TokenScope::Write) { "{read,write}" } else { "{read}" };
    let (id, token) = (AccessTokenId::new(), mint());
    let hash = SessionHash::of_token(&token);
    let made: Option<Made> = caller
        .one(
            "select app.create_access_token($1, $2, $3, $4::text::text[], $5) as made",
            [id.into(), name.into(), hash.bytes().into(), scopes.into(), wanted.valid_until.into()],
        )
        .await?;
    if !made.is_some_and(|made| made.made) {
        return Ok(None);
    }
    tell(caller, viewer, Change::TokenMade).await?;
    Ok(Some((id, token)))
}

/// Ends a token of the caller's, at once.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs, or ended already.
pub async fn revoke(caller: &Caller, id: AccessTokenId) -> Result<()> {
    caller.account().await?;
    let sql = "update access_token set revoked_at = app.now() where id = $1 and revoked_at is null";
    match caller.run(sql, [id.into()]).await? {
        0 => Err(Error::NotFound(Subject::Thing)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_looks_and_a_slip_is_found() {
        let token = mint();
        assert_eq!(token.len(), PREFIX.len() + SECRET + CHECK);
        let hash = hash_of(&token).expect("a token");
        assert!(hash.is_token() && hash.bytes().len() == 33);
        assert_ne!(token, mint());
        for at in PREFIX.len()..token.len() {
            let mut slip = token.clone().into_bytes();
            slip[at] = if slip[at] == b'x' { b'y' } else { b'x' };
            assert!(hash_of(&String::from_utf8(slip).expect("text")).is_none(), "a slip at {at}");
        }
        for other in ["", "trn_", "trn", &token[4..], &format!("{token}0"), &token[..52], &format!("TRN_{}", &token[4..]), "trn_ë"] {
            assert!(hash_of(other).is_none(), "{other}");
        }
    }

    #[test]
    fn the_checksum_is_one_that_others_can_compute() {
        // `printf 'trn_%043d' 0 | sha256sum` begins with be843dda: in base 62.
        let checked = format!("{PREFIX}{}", "0".repeat(SECRET));
        assert_eq!(checksum(&checked), "3UJVQg");
    }

    #[test]
    fn a_cookie_with_a_token_in_it_is_no_token() {
        let token = mint();
        assert_ne!(SessionHash::of(&token).bytes(), hash_of(&token).expect("a token").bytes());
    }
}
