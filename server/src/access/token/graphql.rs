//! Access tokens in the graph.

use std::sync::OnceLock;

use async_graphql::{ComplexObject, Context, InputObject, InputType, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terrein_shared::id::{AccessTokenId, Uuid};

use super::{AccessToken, MOST, TokenScope, Wanted, create, find, list, revoke};
use crate::access::once::once;
use crate::error::Result;
use crate::loader::caller;

#[ComplexObject]
impl AccessToken {
    /// What it is for.
    async fn scopes(&self) -> Vec<TokenScope> {
        if self.writes { vec![TokenScope::Read, TokenScope::Write] } else { vec![TokenScope::Read] }
    }
}

#[derive(Default)]
pub struct AccessTokenQuery;

#[Object]
impl AccessTokenQuery {
    /// Your access tokens, newest first: those that work, and those whose day came in the last 30 days. Never for a token itself.
    async fn access_tokens(&self, context: &Context<'_>) -> Result<Vec<AccessToken>> {
        list(caller(context)?).await
    }
}

/// A token for a program of yours.
#[derive(Debug, Clone, InputObject)]
pub struct CreateAccessTokenInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// What it is for, in your words: at most 80 characters.
    pub name: String,
    /// What it may do; `WRITE` reads too.
    pub scopes: Vec<TokenScope>,
    /// Until when: at most a year from now.
    pub valid_until: DateTime<Utc>,
}

/// What became of `createAccessToken`.
#[derive(Union)]
pub enum CreateAccessTokenPayload {
    Created(AccessTokenCreated),
    TooMany(TooManyAccessTokens),
}

/// The token is made.
#[derive(SimpleObject)]
pub struct AccessTokenCreated {
    /// As you will find it in your list.
    access_token: AccessToken,
    /// The token itself, this once: it is kept nowhere. Nothing when the same command was answered before.
    secret: Option<String>,
}

/// You have as many in use as one may: revoke one first.
#[derive(SimpleObject)]
pub struct TooManyAccessTokens {
    /// How many that is.
    most: i32,
}

/// A token to end.
#[derive(Debug, Clone, InputObject)]
pub struct RevokeAccessTokenInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub access_token_id: AccessTokenId,
}

/// What became of `revokeAccessToken`.
#[derive(Union)]
pub enum RevokeAccessTokenPayload {
    Revoked(AccessTokenRevoked),
}

/// Nobody gets in with it any more.
#[derive(SimpleObject)]
pub struct AccessTokenRevoked {
    /// Which.
    id: AccessTokenId,
}

/// The outcome as it is kept: never with the token itself.
#[derive(Serialize, Deserialize)]
struct Kept {
    id: Option<Uuid>,
}

#[derive(Default)]
pub struct AccessTokenMutation;

#[Object]
impl AccessTokenMutation {
    /// Makes an access token; at most 20 in use.
    async fn create_access_token(&self, context: &Context<'_>, input: CreateAccessTokenInput) -> Result<CreateAccessTokenPayload> {
        let caller = caller(context)?;
        caller.account().await?;
        // Beside the outcome, which is kept.
        let secret = OnceLock::new();
        let kept = once(caller, input.command_id, &InputType::to_value(&input), async {
            let wanted = Wanted { name: &input.name, scopes: &input.scopes, valid_until: input.valid_until };
            let made = create(caller, &wanted).await?;
            Ok(Kept {
                id: made.map(|(id, token)| {
                    // The cell is new: it takes it.
                    let _ = secret.set(token);
                    id.0
                }),
            })
        })
        .await?;
        Ok(match kept.id {
            Some(id) => {
                let access_token = find(caller, AccessTokenId(id)).await?;
                CreateAccessTokenPayload::Created(AccessTokenCreated { access_token, secret: secret.into_inner() })
            }
            None => CreateAccessTokenPayload::TooMany(TooManyAccessTokens { most: i32::try_from(MOST).unwrap_or(i32::MAX) }),
        })
    }

    /// Ends an access token of yours, at once.
    async fn revoke_access_token(&self, context: &Context<'_>, input: RevokeAccessTokenInput) -> Result<RevokeAccessTokenPayload> {
        let caller = caller(context)?;
        caller.account().await?;
        once(caller, input.command_id, &InputType::to_value(&input), revoke(caller, input.access_token_id)).await?;
        Ok(RevokeAccessTokenPayload::Revoked(AccessTokenRevoked { id: input.access_token_id }))
    }
}
