//! A provider: what it says of itself, kept for an hour; its keys, asked for again when it has new ones; and who it says somebody is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType, CoreIdToken,
    CoreIdTokenClaims, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalProviderMetadata, AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError,
    ClientId, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, LanguageTag, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError, Scope, SubjectIdentifier, TokenResponse, http,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::Failure;
use super::settings::{Said, Settings};
use crate::texts::Language;
use terrein_shared::clock::Clock;

/// How long what a provider says of itself is believed before it is asked again.
const FRESH: Duration = Duration::from_secs(3600);
/// How long it serves when the provider does not answer.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// After a failure, nobody asks again for so long: the others would only wait for the same.
const PAUSE: Duration = Duration::from_secs(1);
/// How far the provider's clock may be off.
const SKEW: chrono::TimeDelta = chrono::TimeDelta::seconds(60);
const CONNECT: Duration = Duration::from_secs(3);
/// One answer of the provider.
const ANSWER: Duration = Duration::from_secs(4);
/// What it says of itself and its keys together.
const DISCOVERY: Duration = Duration::from_secs(6);
/// Most bytes of an answer.
const BYTES: usize = 512 * 1024;

/// Signatures that the provider alone can make: none with a shared secret, and never "none".
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// RFC 9207: whether its answers name the issuer.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Rfc9207 {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Rfc9207 {}

type Metadata = ProviderMetadata<
    Rfc9207,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointMaybeSet>;

/// What a provider says of itself, with its keys.
struct Known {
    client: Client,
    names_issuer: bool,
    at: Instant,
}

#[derive(Default)]
struct Memory {
    known: Option<Arc<Known>>,
    failed: Option<Instant>,
}

/// A provider people can sign in at.
pub struct Provider {
    pub settings: Settings,
    http: Outside,
    redirect: RedirectUrl,
    secure: bool,
    clock: Clock,
    memory: Mutex<Memory>,
}

/// What we sent along, to be found again in the answer.
pub struct Sent {
    pub nonce: String,
    /// PKCE.
    pub verifier: String,
}

/// Who the provider says has signed in there.
pub struct Identity {
    pub subject: String,
    claims: CoreIdTokenClaims,
    known: Arc<Known>,
    token: AccessToken,
}

impl Provider {
    /// # Errors
    /// When no client for outgoing requests can be made of the settings.
    pub fn new(settings: Settings, public_url: &str, development: bool, clock: Clock) -> anyhow::Result<Self> {
        let redirect = RedirectUrl::new(format!("{public_url}/sign-in/oidc/{}/callback", settings.id))?;
        let mut client = reqwest::Client::builder()
            // A provider says where its things are; where those send us on, nobody vouched for.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .https_only(!development)
            .user_agent(concat!("terrein/", env!("CARGO_PKG_VERSION")));
        for authority in &settings.authorities {
            client = client.add_root_certificate(authority.clone());
        }
        Ok(Self { settings, http: Outside(client.build()?), redirect, secure: !development, clock, memory: Mutex::default() })
    }

    /// Where somebody signs in at the provider, and comes back from.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the provider does not answer.
    pub async fn address(&self, state: String, sent: Sent, language: Language) -> Result<url::Url, Failure> {
        let known = self.known(None).await?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(sent.verifier));
        let (address, _, _) = known
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(sent.nonce))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .add_ui_locale(LanguageTag::new(language.code().to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(address)
    }

    /// Turns a code into who it is for.
    ///
    /// # Errors
    /// [`Failure::Refused`] for whatever does not fit what we sent or was not signed by this provider, [`Failure::Unavailable`].
    pub async fn identify(&self, code: String, issuer: Option<&str>, sent: Sent) -> Result<Identity, Failure> {
        let mut known = self.known(None).await?;
        match issuer {
            Some(issuer) if issuer != self.settings.issuer.as_str() => {
                return Err(Failure::Refused("the answer is another issuer's".into()));
            }
            None if known.names_issuer => return Err(Failure::Refused("the answer does not name its issuer".into())),
            _ => {}
        }
        let request = known.client.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(PkceCodeVerifier::new(sent.verifier));
        let tokens = request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::Request(error) => Failure::Unavailable(error.into()),
            RequestTokenError::ServerResponse(error) => Failure::Refused(format!("the code is not taken: {}", error.error())),
            other => Failure::Refused(format!("the answer to the code is none: {other}")),
        })?;
        let token = tokens.id_token().ok_or_else(|| Failure::Refused("there is no ID token".into()))?;
        let nonce = Nonce::new(sent.nonce);
        let mut claims = self.claims(&known, token, tokens.access_token(), &nonce);
        if let Err(ClaimsVerificationError::SignatureVerification(_)) = claims {
            // A provider may change its keys at any time.
            known = self.known(Some(&known)).await?;
            claims = self.claims(&known, token, tokens.access_token(), &nonce);
        }
        let claims = claims.map_err(|error| Failure::Refused(format!("the ID token is refused: {}", kind(&error))))?;
        let subject = claims.subject().to_string();
        if !(1..=255).contains(&subject.len()) {
            return Err(Failure::Refused("the subject is empty or too long".into()));
        }
        Ok(Identity { subject, claims, token: tokens.access_token().clone(), known })
    }

    fn claims(
        &self,
        known: &Known,
        token: &CoreIdToken,
        access: &AccessToken,
        nonce: &Nonce,
    ) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
        let now: DateTime<Utc> = self.clock.now();
        let verifier = known
            .client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || now - SKEW)
            .set_issue_time_verifier_fn(move |at| if at > now + SKEW { Err("issued in the future".to_owned()) } else { Ok(()) });
        let claims = token.claims(&verifier, nonce)?;
        if claims.authorized_party().is_some_and(|party| **party != self.settings.client_id) {
            return Err(ClaimsVerificationError::InvalidAudience("made for another client".to_owned()));
        }
        if let Some(expected) = claims.access_token_hash() {
            let refused = |error: &dyn std::fmt::Display| ClaimsVerificationError::Other(error.to_string());
            let (algorithm, key) = (token.signing_alg(), token.signing_key(&verifier));
            let algorithm = algorithm.map_err(ClaimsVerificationError::SignatureVerification)?;
            let key = key.map_err(ClaimsVerificationError::SignatureVerification)?;
            if AccessTokenHash::from_token(access, algorithm, key).map_err(|error| refused(&error))? != *expected {
                return Err(ClaimsVerificationError::Other("the access token is another's".to_owned()));
            }
        }
        Ok(claims.clone())
    }

    /// The address that somebody has shown to be theirs; the provider is asked when its token says nothing of one.
    ///
    /// # Errors
    /// [`Failure::Unavailable`], [`Failure::Refused`] for an answer about somebody else.
    pub async fn email(&self, identity: &Identity) -> Result<Option<String>, Failure> {
        let claims = &identity.claims;
        let rule = &self.settings.addresses;
        let said = Said {
            email: claims.email().map(|email| email.as_str()),
            email_verified: claims.email_verified(),
            preferred_username: claims.preferred_username().map(|name| name.as_str()),
        };
        let here = rule.of(&said);
        if here.is_some() || said.email.is_some() || identity.known.client.user_info_url().is_none() {
            return Ok(here);
        }
        // What goes into a header: the library takes it for granted.
        if http::HeaderValue::from_str(identity.token.secret()).is_err() {
            return Err(Failure::Refused("the access token is none".into()));
        }
        let subject = SubjectIdentifier::new(identity.subject.clone());
        let request =
            identity.known.client.user_info(identity.token.clone(), Some(subject)).map_err(|error| Failure::Refused(error.to_string()))?;
        let info: CoreUserInfoClaims = request.request_async(&self.http).await.map_err(|error| match error {
            openidconnect::UserInfoError::Request(error) => Failure::Unavailable(error.into()),
            other => Failure::Refused(format!("what it says of the person is refused: {other}")),
        })?;
        Ok(rule.of(&Said {
            email: info.email().map(|email| email.as_str()),
            email_verified: info.email_verified(),
            preferred_username: info.preferred_username().map(|name| name.as_str()),
        }))
    }

    /// What the provider says of itself: from memory while it is fresh, and newer than `than`.
    async fn known(&self, than: Option<&Arc<Known>>) -> Result<Arc<Known>, Failure> {
        // One asks, the others wait for the same answer.
        let mut memory = self.memory.lock().await;
        let newer = |known: &Arc<Known>| than.is_none_or(|than| !Arc::ptr_eq(than, known));
        if let Some(known) = memory.known.as_ref().filter(|known| newer(known) && known.at.elapsed() < FRESH) {
            return Ok(known.clone());
        }
        let kept = memory.known.clone().filter(|known| newer(known) && known.at.elapsed() < STALE);
        if memory.failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
            return kept.ok_or_else(|| Failure::Unavailable(anyhow::anyhow!("{} did not answer a moment ago", self.settings.id)));
        }
        let found = tokio::time::timeout(DISCOVERY, self.discover()).await.context("no answer in time").flatten();
        match found {
            Ok(known) => {
                let known = Arc::new(known);
                *memory = Memory { known: Some(known.clone()), failed: None };
                Ok(known)
            }
            Err(error) => {
                memory.failed = Some(Instant::now());
                let error = error.context(format!("sign-in provider {}", self.settings.id));
                match kept {
                    Some(known) => {
                        tracing::warn!("what was known before is used: {error:#}");
                        Ok(known)
                    }
                    None => Err(Failure::Unavailable(error)),
                }
            }
        }
    }

    async fn discover(&self) -> anyhow::Result<Known> {
        let metadata = Metadata::discover_async(self.settings.issuer.clone(), &self.http).await?;
        let token_endpoint = metadata.token_endpoint().cloned().context("it has no token endpoint")?;
        let addresses = [
            Some(metadata.authorization_endpoint().url()),
            Some(token_endpoint.url()),
            Some(metadata.jwks_uri().url()),
            metadata.userinfo_endpoint().map(|endpoint| endpoint.url()),
        ];
        for address in addresses.into_iter().flatten() {
            ensure!(address.scheme() == "https" || !self.secure, "{address} is not https");
        }
        // The default, when it says nothing, is to send the secret in the header.
        let by_header = metadata
            .token_endpoint_auth_methods_supported()
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let names_issuer = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        let id = ClientId::new(self.settings.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, Some(self.settings.client_secret.clone()))
            .set_token_uri(token_endpoint)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(if by_header { AuthType::BasicAuth } else { AuthType::RequestBody });
        Ok(Known { client, names_issuer, at: Instant::now() })
    }
}

/// Why a token is refused, without what it says.
fn kind(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "time",
        ClaimsVerificationError::InvalidAudience(_) => "audience",
        ClaimsVerificationError::InvalidIssuer(_) => "issuer",
        ClaimsVerificationError::InvalidNonce(_) => "nonce",
        ClaimsVerificationError::InvalidSubject(_) => "subject",
        ClaimsVerificationError::SignatureVerification(_) => "signature",
        _ => "contents",
    }
}

/// Requests to providers: over as few bytes and seconds as they need.
struct Outside(reqwest::Client);

#[derive(Debug, thiserror::Error)]
enum OutsideError {
    #[error(transparent)]
    Failed(#[from] reqwest::Error),
    #[error(transparent)]
    Odd(#[from] http::Error),
    #[error("an answer of more than {BYTES} bytes")]
    TooLarge,
    #[error("it answers {0}")]
    Broken(http::StatusCode),
}

impl<'c> AsyncHttpClient<'c> for Outside {
    type Error = OutsideError;
    type Future = BoxFuture<'c, Result<HttpResponse, OutsideError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        async move {
            let mut answer = self.0.execute(request.try_into()?).await?;
            if answer.status().is_server_error() {
                return Err(OutsideError::Broken(answer.status()));
            }
            let mut response = http::Response::builder().status(answer.status());
            if let Some(headers) = response.headers_mut() {
                headers.clone_from(answer.headers());
            }
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                if body.len() + chunk.len() > BYTES {
                    return Err(OutsideError::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(response.body(body)?)
        }
        .boxed()
    }
}
