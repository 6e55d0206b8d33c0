//! What a caller shows of themselves, as the database knows it: the hash of a session's secret or of an access token.

use super::preview::Eyes;

/// SHA-256 of the secret of a session or an access token: all that is stored, and what the database recognises a caller by.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionHash {
    /// A token's hash has a mark before it, in the database too: a session's secret is never taken for a token, nor the other way around.
    token: bool,
    hash: [u8; 32],
    /// With whose eyes its person looks, when not with their own.
    eyes: Option<Eyes>,
}

/// The mark: `t`.
const TOKEN_MARK: u8 = 0x74;

impl SessionHash {
    /// Of the secret in the cookie.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        use sha2::Digest;
        Self { token: false, hash: sha2::Sha256::digest(secret.as_bytes()).into(), eyes: None }
    }

    /// Of an access token.
    #[must_use]
    pub fn of_token(token: &str) -> Self {
        Self { token: true, ..Self::of(token) }
    }

    /// Whether it is an access token's.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.token
    }

    /// The same, which looks with other eyes.
    #[must_use]
    pub fn seeing(self, eyes: Eyes) -> Self {
        Self { eyes: Some(eyes), ..self }
    }

    /// The same, which looks with its person's own.
    #[must_use]
    pub fn own(&self) -> Self {
        Self { eyes: None, ..self.clone() }
    }

    /// With whose eyes its person looks, when not with their own.
    #[must_use]
    pub fn eyes(&self) -> Option<Eyes> {
        self.eyes
    }

    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.token.then_some(TOKEN_MARK).into_iter().chain(self.hash).collect()
    }

    #[must_use]
    pub fn hex(&self) -> String {
        terrein_shared::text::hex(&self.bytes())
    }
}

impl std::fmt::Debug for SessionHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionHash(..)")
    }
}
