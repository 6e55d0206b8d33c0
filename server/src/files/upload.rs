//! An upload: what is known of a photo or a voice note on its way in. Whole, it becomes one, in the transaction that takes in its last part.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::Reason;
use terrein_shared::id::{IssueId, TerrainId};
use uuid::Uuid;

use super::Files;
use crate::access::Caller;
use crate::access::policy::{Action, may};
use crate::error::{Error, Result, Subject, invalid};
use crate::issue::{Audience, get_issue};
use crate::{photo, voice_note};

/// Uploads of one person under way.
const OPEN: i64 = 100;
/// Longest a voice note may be, in milliseconds.
pub const LONGEST_MS: i32 = 600_000;

const COLUMNS: &str = "id, turn, kind, issue_id, terrain_id, length, received, metadata, taken_at, alt, duration_ms, expires_at, \
    ended_at is not null as ended, done_at is not null as done";

crate::vocabulary! {
    /// What comes in.
    FileKind {
        /// A photo.
        Photo = "photo",
        /// A voice note.
        VoiceNote = "voice-note",
    }
}

impl FileKind {
    /// Most bytes of one.
    #[must_use]
    pub fn most_bytes(self) -> i64 {
        match self {
            Self::Photo => 15_000_000,
            Self::VoiceNote => 10_000_000,
        }
    }

    /// Whether one may say it is this: what it is, its first bytes say later.
    #[must_use]
    pub fn takes(self, media_type: &str) -> bool {
        let bare = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match self {
            Self::Photo => matches!(bare.as_str(), "image/jpeg" | "image/png" | "image/webp"),
            Self::VoiceNote => matches!(bare.as_str(), "audio/webm" | "audio/ogg" | "audio/mp4" | "audio/aac" | "audio/x-m4a"),
        }
    }

    /// The command that adds one, for the log.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::Photo => "addPhoto",
            Self::VoiceNote => "addVoiceNote",
        }
    }
}

/// What is to come in.
#[derive(Debug, Clone)]
pub struct Announced {
    pub id: Uuid,
    pub kind: FileKind,
    pub issue: IssueId,
    pub length: i64,
    pub media_type: String,
    /// As it was sent.
    pub metadata: String,
    pub taken_at: Option<DateTime<Utc>>,
    pub alt: Option<String>,
    pub duration_ms: Option<i32>,
}

/// An upload of the caller's.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Upload {
    pub id: Uuid,
    turn: Uuid,
    pub kind: FileKind,
    issue_id: IssueId,
    terrain_id: TerrainId,
    pub length: i64,
    pub received: i64,
    pub metadata: String,
    taken_at: Option<DateTime<Utc>>,
    alt: Option<String>,
    duration_ms: Option<i32>,
    pub expires_at: DateTime<Utc>,
    pub ended: bool,
    pub done: bool,
}

impl Upload {
    /// Whether it takes no more: taken back, or left alone too long.
    #[must_use]
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.ended || (!self.done && self.expires_at <= now)
    }

    /// A name in the store that no other part has, whoever sends the same one at the same time.
    #[must_use]
    pub fn part(&self, offset: i64) -> String {
        format!("upload/{}/{}/{offset}-{}", self.id, self.turn, terrein_shared::id::new_id().simple())
    }
}

/// What beginning came to.
#[derive(Debug)]
pub enum Begun {
    New(Upload),
    /// It was announced before, as this.
    Known(Upload),
    /// The id is somebody else's, or of something else.
    Taken,
    /// Too many under way.
    Busy,
}

/// An upload of the caller's.
///
/// # Errors
/// As the database answers.
pub async fn find(caller: &Caller, id: Uuid) -> Result<Option<Upload>> {
    // By its person too: whoever looks at everything (a bench) meets nobody's but their own.
    let person = caller.viewer().await?.id;
    caller.one(&format!("select {COLUMNS} from upload where id = $1 and person_id = $2"), [id.into(), person.into()]).await
}

/// Announces an upload, or finds it announced.
///
/// # Errors
/// `NotFound` for an issue that is hidden or not there; `Forbidden` for one the caller may not add to; `Invalid` when it has as many as it may.
pub async fn begin(caller: &Caller, files: &Files, announced: &Announced) -> Result<Begun> {
    let now = caller.clock.now();
    if let Some(upload) = find(caller, announced.id).await? {
        let same =
            upload.kind == announced.kind && upload.length == announced.length && upload.issue_id == announced.issue && !upload.ended;
        if !same {
            return Ok(Begun::Taken);
        }
        if upload.is_over(now) {
            // It was left alone too long, and is still here: it goes on where it stopped.
            let sql = format!("update upload set expires_at = $2 where id = $1 and done_at is null returning {COLUMNS}");
            let renewed: Option<Upload> = caller.one(&sql, [announced.id.into(), (now + files.patience).into()]).await?;
            return Ok(renewed.map_or(Begun::Taken, Begun::Known));
        }
        return Ok(Begun::Known(upload));
    }
    let viewer = caller.viewer().await?;
    let issue = get_issue(caller, announced.issue).await?;
    may(caller.actor().await?, Action::AddFile, issue.facts()).map_err(Error::Forbidden)?;
    let (role, _) = viewer.role_on(issue.terrain_id).ok_or(Error::NotFound(Subject::Issue))?;
    let (field, most) = match announced.kind {
        FileKind::Photo => ("photos", photo::MOST),
        FileKind::VoiceNote => ("voiceNotes", voice_note::MOST),
    };
    // One at a time for an issue: two that both find one place free would both take it.
    let turn = "select pg_advisory_xact_lock(hashtext('files'), hashtext($1::text))";
    caller.run(turn, [announced.issue.0.to_string().into()]).await?;
    let Counts { here, open } = caller
        .one(
            "select app.files_of($1, $2) as here, (select count(*) from upload where person_id = $3 and done_at is null and ended_at is null
               and expires_at > app.now()) as open",
            [announced.issue.into(), announced.kind.into(), viewer.id.into()],
        )
        .await?
        .ok_or_else(|| Error::Internal(anyhow::anyhow!("nothing is counted")))?;
    if here >= most {
        return Err(invalid(field, Reason::TooMany { max: usize::try_from(most).unwrap_or_default() }));
    }
    if open >= OPEN {
        return Ok(Begun::Busy);
    }
    let sql = format!(
        "insert into upload (id, person_id, kind, issue_id, terrain_id, length, type, metadata, taken_at, alt, duration_ms, created_at, expires_at,
           author_role)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (id) do nothing returning {COLUMNS}"
    );
    let made: Option<Upload> = caller
        .one(
            &sql,
            [
                announced.id.into(),
                viewer.id.into(),
                announced.kind.into(),
                announced.issue.into(),
                issue.terrain_id.into(),
                announced.length.into(),
                announced.media_type.clone().into(),
                announced.metadata.clone().into(),
                announced.taken_at.into(),
                announced.alt.clone().into(),
                announced.duration_ms.into(),
                now.into(),
                (now + files.patience).into(),
                role.word().into(),
            ],
        )
        .await?;
    Ok(made.map_or(Begun::Taken, Begun::New))
}

#[derive(FromQueryResult)]
struct Counts {
    here: i64,
    open: i64,
}

/// What taking in a part came to.
pub enum Added {
    /// It is in; more is to come.
    More,
    /// It was the last, and the photo or voice note is there, for the issue's maker alone or not.
    Whole { private: bool },
    /// Another part was taken in meanwhile, or it takes no more.
    Passed,
}

/// Takes in bytes that are in the store: `parts` from `offset` on, `bytes` together. With the last comes the photo or voice note itself.
///
/// # Errors
/// With the last: `NotFound` when the issue is gone or hidden by now, `Forbidden` when the caller may no longer add to it.
pub async fn add(caller: &Caller, files: &Files, upload: &Upload, offset: i64, bytes: i64, parts: &[String]) -> Result<Added> {
    let now = caller.clock.now();
    let whole = offset + bytes == upload.length;
    let sql = "update upload set received = received + $3, parts = parts || string_to_array($4, ' '), expires_at = $5, done_at = $6
         where id = $1 and received = $2 and done_at is null and ended_at is null and expires_at > app.now()";
    let values =
        [upload.id.into(), offset.into(), bytes.into(), parts.join(" ").into(), (now + files.patience).into(), whole.then_some(now).into()];
    if caller.run(sql, values).await? == 0 {
        return Ok(Added::Passed);
    }
    if !whole {
        return Ok(Added::More);
    }
    let viewer = caller.viewer().await?;
    let issue = get_issue(caller, upload.issue_id).await?;
    may(caller.actor().await?, Action::AddFile, issue.facts()).map_err(Error::Forbidden)?;
    let (role, organisation) = viewer.role_on(upload.terrain_id).ok_or(Error::NotFound(Subject::Issue))?;
    let common = [
        upload.id.into(),
        upload.issue_id.into(),
        upload.terrain_id.into(),
        viewer.id.into(),
        organisation.into(),
        role.word().into(),
        upload.taken_at.into(),
        now.into(),
    ];
    let made = match upload.kind {
        FileKind::Photo => {
            let sql = "insert into photo (id, issue_id, terrain_id, author_id, organisation_id, author_role, taken_at, created_at, alt)
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing";
            caller.run(sql, common.into_iter().chain([upload.alt.clone().into()])).await?
        }
        FileKind::VoiceNote => {
            let sql = "insert into voice_note (id, issue_id, terrain_id, author_id, organisation_id, author_role, taken_at, created_at, duration_ms, sound_until)
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing";
            caller.run(sql, common.into_iter().chain([upload.duration_ms.into(), (now + files.sound_kept).into()])).await?
        }
    };
    if made == 0 {
        return Err(invalid("id", Reason::Taken));
    }
    Ok(Added::Whole { private: issue.audience == Audience::Me })
}

/// Takes an upload back; whether it could: one that is whole is a photo or voice note by now.
///
/// # Errors
/// As the database answers.
pub async fn end(caller: &Caller, id: Uuid) -> Result<bool> {
    let sql = "update upload set ended_at = app.now() where id = $1 and done_at is null and ended_at is null";
    Ok(caller.run(sql, [id.into()]).await? == 1)
}
