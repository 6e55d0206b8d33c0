//! Commands on a photo.

use async_graphql::InputType;
use terrein_shared::id::PhotoId;
use terrein_shared::{Reason, text};

use super::ALT;
use super::graphql::{
    COLUMNS, CheckPhotoInput, CheckPhotoPayload, DescribePhotoInput, DescribePhotoPayload, Photo, PhotoArea, PhotoChecked, PhotoDescribed,
    PhotoRemoved, RemovePhotoInput, RemovePhotoPayload,
};
use crate::access::Caller;
use crate::access::once::{Shown, once, once_showing};
use crate::access::policy::{Action, may};
use crate::error::{Error, InField, Result, Subject, invalid};

/// Most areas of one photo.
const AREAS: usize = 40;

/// A photo the caller may tend.
async fn tended(caller: &Caller, id: PhotoId) -> Result<Photo> {
    let sql = format!("select {COLUMNS} from photo where id = $1 and deleted_at is null");
    let photo: Photo = caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Photo))?;
    may(caller.actor().await?, Action::TendFile, photo.facts()).map_err(Error::Forbidden)?;
    Ok(photo)
}

fn shown(id: PhotoId) -> Shown {
    Shown { table: "photo", columns: COLUMNS, id: id.0, subject: Subject::Photo }
}

pub(super) async fn describe(caller: &Caller, input: DescribePhotoInput) -> Result<DescribePhotoPayload> {
    let content = InputType::to_value(&input);
    let change = async {
        tended(caller, input.photo_id).await?;
        let alt = text::optional(input.alt, ALT).in_field("alt")?;
        caller.run("update photo set alt = $2, version = version + 1 where id = $1", [input.photo_id.into(), alt.into()]).await.map(drop)
    };
    let answered = once_showing(caller, input.command_id, &content, change, |()| vec![shown(input.photo_id)]).await?;
    Ok(DescribePhotoPayload::Described(PhotoDescribed { photo: answered.row(caller, &shown(input.photo_id)).await? }))
}

pub(super) async fn check(caller: &Caller, input: CheckPhotoInput) -> Result<CheckPhotoPayload> {
    let content = InputType::to_value(&input);
    let change = async {
        tended(caller, input.photo_id).await?;
        if input.blur.len() > AREAS {
            return Err(invalid("blur", Reason::TooMany { max: AREAS }));
        }
        let inside = |PhotoArea { x, y, width, height }: &PhotoArea| {
            [x, y].iter().all(|at| (0.0..=1.0).contains(*at)) && [width, height].iter().all(|size| **size > 0.0 && **size <= 1.0)
        };
        if !input.blur.iter().all(inside) {
            return Err(invalid("blur", Reason::OutOfRange { min: 0, max: 1 }));
        }
        let areas = serde_json::to_value(&input.blur).map_err(|error| Error::Internal(error.into()))?;
        let sql = "update photo set blur = $2, check_no = check_no + 1, version = version + 1 where id = $1";
        caller.run(sql, [input.photo_id.into(), areas.into()]).await.map(drop)
    };
    let answered = once_showing(caller, input.command_id, &content, change, |()| vec![shown(input.photo_id)]).await?;
    Ok(CheckPhotoPayload::Checked(PhotoChecked { photo: answered.row(caller, &shown(input.photo_id)).await? }))
}

pub(super) async fn remove(caller: &Caller, input: RemovePhotoInput) -> Result<RemovePhotoPayload> {
    once(caller, input.command_id, &InputType::to_value(&input), async {
        tended(caller, input.photo_id).await?;
        let sql = "update photo set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        caller.run(sql, [input.photo_id.into()]).await.map(drop)
    })
    .await?;
    Ok(RemovePhotoPayload::Removed(PhotoRemoved { id: input.photo_id }))
}
