//! What a caller shows of themselves, as the database knows it: the hash of a session's secret or of an access token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::preview::Eyes;

/// SHA-256 of the secret of a session or an access token: all that is stored, and what the database recognises a caller by.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionHash {
    /// A token's hash has a mark before it, in the database too: a session's secret is never taken for a token, nor the other way around.
    token: bool,
    hash: [u8; 32],
    /// What the session's next secret is made with, and nothing else: another hash of the secret, which is stored nowhere. None of a session
    /// that is known by its stored hash alone.
    seed: Option<[u8; 32]>,
    /// With whose eyes its person looks, when not with their own.
    eyes: Option<Eyes>,
}

/// The mark: `t`.
const TOKEN_MARK: u8 = 0x74;

impl SessionHash {
    /// Of the secret in the cookie.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        let seed = Sha256::new().chain_update(b"next").chain_update(secret.as_bytes()).finalize();
        Self { token: false, hash: Sha256::digest(secret.as_bytes()).into(), seed: Some(seed.into()), eyes: None }
    }

    /// Of a session as the database has it; nothing for what is no hash.
    #[must_use]
    pub fn stored(hash: &[u8]) -> Option<Self> {
        Some(Self { token: false, hash: hash.try_into().ok()?, seed: None, eyes: None })
    }

    /// The secret that follows this one, with a number the database keeps: the same for everybody who shows this one, and for nobody else.
    #[must_use]
    pub fn next(&self, number: &[u8]) -> Option<String> {
        let next = Sha256::new().chain_update(self.seed?).chain_update(number).finalize();
        Some(URL_SAFE_NO_PAD.encode(next))
    }

    /// Of an access token.
    #[must_use]
    pub fn of_token(token: &str) -> Self {
        Self { token: true, seed: None, ..Self::of(token) }
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
