//! An authenticator in software: one P-256 key, which signs as WebAuthn asks, and lies where a test tells it to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// A device with one key.
pub struct Authenticator {
    key: KeyPair,
    pub id: Vec<u8>,
    /// Whose key it is, as the server said when it was made.
    pub user: Vec<u8>,
    /// The page that asks.
    pub origin: String,
    /// Signatures so far; 0 for one that does not count.
    pub counter: u32,
    /// Whether it asks for a finger or a code.
    pub verifies: bool,
}

impl Authenticator {
    /// For pages of a server at `url`, which people know as `localhost`.
    pub fn new(url: &str) -> Self {
        Self {
            key: KeyPair::generate().expect("a key"),
            id: terrein_shared::id::new_id().as_bytes().repeat(2),
            user: Vec::new(),
            origin: url.replace("127.0.0.1", "localhost"),
            counter: 0,
            verifies: true,
        }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string().into_bytes()
    }

    fn flags(&self) -> u8 {
        PRESENT | if self.verifies { VERIFIED } else { 0 }
    }

    fn data(&self, rp: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(rp.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// Makes the key known: what `navigator.credentials.create` gives for these options.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().expect("a user")).expect("base64url");
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let mut data = self.data(options["rp"]["id"].as_str().expect("a name"), self.flags() | ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        // COSE: EC2, ES256, P-256, x, y.
        let point = self.key.public_key_raw();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        // CBOR: { "fmt": "none", "attStmt": {}, "authData": … }
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).expect("short"));
        attestation.extend(&data);
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data), "attestationObject": URL_SAFE_NO_PAD.encode(attestation), "transports": ["internal"],
            },
        })
    }

    /// Signs: what `navigator.credentials.get` gives for these options.
    pub fn get(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.data(options["rpId"].as_str().expect("a name"), self.flags());
        let signed = [data.clone(), Sha256::digest(&client_data).to_vec()].concat();
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data), "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(self.key.sign(&signed).expect("signed")), "userHandle": URL_SAFE_NO_PAD.encode(&self.user),
            },
        })
    }
}
