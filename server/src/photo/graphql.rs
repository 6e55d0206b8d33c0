//! The photo in the graph.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::id::{IssueId, OrganisationId, PersonId, PhotoId, TerrainId};
use uuid::Uuid;

use super::service;
use crate::access::Role;
use crate::access::graphql::{Organisation, Permission, is_own};
use crate::access::policy::{Action, On};
use crate::error::Result;
use crate::listing::uuids;
use crate::loader::{Reader, Shared, caller, load};

pub const COLUMNS: &str = "id, issue_id, terrain_id, author_id, organisation_id, author_role, state, refusal, width_px, height_px, alt, taken_at, \
    created_at, check_no > 0 as checked, version";
/// Rows of one issue in an answer: photos that were refused come on top of those that count.
const ROWS: i64 = 12;

crate::vocabulary! {
    /// How far a photo is.
    PhotoState {
        /// It is here, and being made ready.
        Received = "received",
        /// It can be looked at.
        Ready = "ready",
        /// It is none of use; the reason says why.
        Refused = "refused",
    }
}

crate::vocabulary! {
    /// Why a photo was refused.
    PhotoRefusal {
        /// It cannot be read as a photo.
        NotAPhoto = "not_a_photo",
        /// It has more than 50 million pixels.
        TooManyPixels = "too_many_pixels",
        /// The scanner found something harmful in it.
        Malware = "malware",
    }
}

/// A photo of an issue.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Photo {
    /// `photo:…`
    pub id: PhotoId,
    /// Of which issue.
    issue_id: IssueId,
    /// How far it is.
    state: PhotoState,
    #[graphql(skip)]
    refusal: Option<String>,
    /// Width in pixels, upright; of the largest that is kept.
    width_px: Option<i32>,
    /// Height in pixels, upright; of the largest that is kept.
    height_px: Option<i32>,
    /// What is on it, in words.
    alt: Option<String>,
    /// When it was taken, as the phone says.
    taken_at: Option<DateTime<Utc>>,
    /// When the server took it in.
    created_at: DateTime<Utc>,
    /// Whether the team looked it over for others: before that nobody else sees it.
    checked: bool,
    /// Version.
    version: i32,
    #[graphql(skip)]
    terrain_id: TerrainId,
    #[graphql(skip)]
    author_id: PersonId,
    #[graphql(skip)]
    organisation_id: OrganisationId,
    #[graphql(skip)]
    author_role: String,
}

crate::by_id!(PhotoId, Photo, "photo", COLUMNS);

impl Photo {
    /// What a rule needs to know of it.
    #[must_use]
    pub fn facts(&self) -> On {
        On::File {
            terrain: self.terrain_id,
            author: self.author_id,
            organisation: self.organisation_id,
            as_role: Role::from_word(&self.author_role).ok(),
        }
    }
}

/// What you may do with a photo, and if not, why not.
#[derive(SimpleObject)]
pub struct PhotoViewerCan {
    /// Say what is on it.
    describe: Permission,
    /// Look it over for others.
    check: Permission,
    /// Take it away.
    remove: Permission,
}

#[ComplexObject]
impl Photo {
    /// Why it was refused.
    async fn refusal(&self) -> Option<PhotoRefusal> {
        self.refusal.as_deref().and_then(PhotoRefusal::from_word)
    }

    /// Where it is fetched, with `?w=320`, `960` or `1600` behind it: as it was taken for the team, as it was checked for others.
    async fn address(&self) -> String {
        format!("/photos/{}", self.id.0)
    }

    /// As what it was taken; parties, not persons.
    async fn author_role(&self) -> Result<Role> {
        Role::from_word(&self.author_role)
    }

    /// Whose party took it, when you may know it.
    async fn organisation(&self, context: &Context<'_>) -> Result<Option<Organisation>> {
        load(context, self.organisation_id).await
    }

    /// Whether you took it.
    async fn mine(&self, context: &Context<'_>) -> Result<bool> {
        is_own(context, self.author_id).await
    }

    /// What you may do with it.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<PhotoViewerCan> {
        let actor = caller(context)?.actor().await?;
        let may = || Permission::of(actor, Action::TendFile, self.facts());
        Ok(PhotoViewerCan { describe: may(), check: may(), remove: may() })
    }
}

/// Photos of an issue, as far as the caller may see them: for a list of issues one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhotosOf(pub IssueId);

impl Loader<PhotosOf> for Reader {
    type Value = Vec<Photo>;
    type Error = Shared;

    async fn load(&self, keys: &[PhotosOf]) -> Result<HashMap<PhotosOf, Vec<Photo>>, Shared> {
        let sql = format!(
            "select p.* from unnest(($1::text)::uuid[]) i cross join lateral (select {COLUMNS} from photo
               where issue_id = i and deleted_at is null order by created_at, id limit $2) p"
        );
        let rows: Vec<Photo> = self.0.all(&sql, [uuids(keys.iter().map(|key| key.0.0)), ROWS.into()]).await.map_err(Arc::new)?;
        let mut found: HashMap<PhotosOf, Vec<Photo>> = HashMap::new();
        for row in rows {
            found.entry(PhotosOf(row.issue_id)).or_default().push(row);
        }
        Ok(found)
    }
}

/// Part of a photo, as fractions of its width and height from the top left.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, InputObject)]
pub struct PhotoArea {
    /// Left edge, 0 to 1.
    pub x: f64,
    /// Upper edge, 0 to 1.
    pub y: f64,
    /// Above 0, at most 1.
    pub width: f64,
    /// Above 0, at most 1.
    pub height: f64,
}

/// What is on a photo.
#[derive(Debug, Clone, InputObject)]
pub struct DescribePhotoInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub photo_id: PhotoId,
    /// In words, at most 500 characters; nothing takes them away.
    pub alt: Option<String>,
}

/// A photo looked over for others.
#[derive(Debug, Clone, InputObject)]
pub struct CheckPhotoInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub photo_id: PhotoId,
    /// What others must not be able to make out, at most 40 areas; none when all of it may be seen.
    pub blur: Vec<PhotoArea>,
}

/// A photo taken away.
#[derive(Debug, Clone, InputObject)]
pub struct RemovePhotoInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub photo_id: PhotoId,
}

/// What became of `describePhoto`.
#[derive(Union)]
pub enum DescribePhotoPayload {
    Described(PhotoDescribed),
}

/// The photo has its words.
#[derive(SimpleObject)]
pub struct PhotoDescribed {
    /// As it is now.
    pub photo: Photo,
}

/// What became of `checkPhoto`.
#[derive(Union)]
pub enum CheckPhotoPayload {
    Checked(PhotoChecked),
}

/// The photo is looked over: whoever sees its issue sees it too, as soon as their copy is made.
#[derive(SimpleObject)]
pub struct PhotoChecked {
    /// As it is now.
    pub photo: Photo,
}

/// What became of `removePhoto`.
#[derive(Union)]
pub enum RemovePhotoPayload {
    Removed(PhotoRemoved),
}

/// The photo is gone, and its bytes with it.
#[derive(SimpleObject)]
pub struct PhotoRemoved {
    /// Which.
    pub id: PhotoId,
}

#[derive(Default)]
pub struct PhotoMutation;

#[Object]
impl PhotoMutation {
    /// Says what is on a photo.
    async fn describe_photo(&self, context: &Context<'_>, input: DescribePhotoInput) -> Result<DescribePhotoPayload> {
        service::describe(caller(context)?, input).await
    }

    /// Looks a photo over for others: from then on who sees its issue sees it, without the areas that are named. Checked again, others see
    /// the new copy and no longer the one before.
    async fn check_photo(&self, context: &Context<'_>, input: CheckPhotoInput) -> Result<CheckPhotoPayload> {
        service::check(caller(context)?, input).await
    }

    /// Takes a photo away for good.
    async fn remove_photo(&self, context: &Context<'_>, input: RemovePhotoInput) -> Result<RemovePhotoPayload> {
        service::remove(caller(context)?, input).await
    }
}
