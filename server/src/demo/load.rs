//! Puts the demo into the database, each part as the one who may write it: the registers as an import, people and roles as the
//! operator, and what people say as themselves, under the same policies as everybody.

use super::heard;
use super::island;
use super::parties::{MUNICIPALITY_CODE, MUNICIPALITY_NAME, ORGANISATIONS, On, PERSONS};
use super::rows::{self, HOOGE_WAARD, company_id, terrain_id};
use super::voices;
use super::{Summary, ids::id};
use anyhow::Context;
use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;
use terrein_shared::text;
use uuid::Uuid;

/// Brings in both demo terrains. Rows that are there already stay as people left them.
///
/// # Roles
/// `importer` logs in as `terrein_importer`, `operator` as `terrein_worker`, `app` as `terrein_app`.
///
/// # Errors
/// When a database does not answer or refuses a row; what one role wrote is then whole or absent, and a next run completes it.
pub async fn load(importer: &PgPool, operator: &PgPool, app: &PgPool) -> anyhow::Result<Summary> {
    let mut summary = Summary::default();
    import(importer, &mut summary).await.context("importing the demo terrains")?;
    let people = admit(operator, &mut summary).await.context("admitting the people of the demo")?;
    let sessions = open_sessions(operator, &people).await?;
    let spoken = speak(app, &people, &sessions, &mut summary).await.context("reporting the issues of the demo");
    close_sessions(operator, &sessions).await?;
    spoken?;
    Ok(summary)
}

/// Adds the rows of one table that are not there yet.
async fn add(tx: &mut PgConnection, sql: &'static str, rows: &[Value]) -> anyhow::Result<u64> {
    let done = sqlx::query(sql).bind(Json(rows)).execute(tx).await.with_context(|| sql.split('(').next().unwrap_or_default().trim())?;
    Ok(done.rows_affected())
}

async fn import(importer: &PgPool, summary: &mut Summary) -> anyhow::Result<()> {
    let rows = rows::all();
    let mut tx = importer.begin().await?;
    sqlx::query("select set_config('app.system', 'import', true)").execute(&mut *tx).await?;
    sqlx::query("insert into reference.municipality (code, name) values ($1, $2) on conflict do nothing")
        .bind(MUNICIPALITY_CODE)
        .bind(MUNICIPALITY_NAME)
        .execute(&mut *tx)
        .await?;
    summary.terrains = add(&mut tx, TERRAINS, &rows.terrains).await?;
    for terrain in [HOOGE_WAARD, island::KLEIN_EILAND] {
        sqlx::query("insert into terrain_municipality (terrain_id, municipality_code) values ($1, $2) on conflict do nothing")
            .bind(terrain_id(terrain))
            .bind(if terrain == HOOGE_WAARD { MUNICIPALITY_CODE } else { island::MUNICIPALITY_CODE })
            .execute(&mut *tx)
            .await?;
    }
    summary.plots = add(&mut tx, PLOTS, &rows.plots).await?;
    summary.buildings = add(&mut tx, BUILDINGS, &rows.buildings).await?;
    summary.addresses = add(&mut tx, ADDRESSES, &rows.addresses).await?;
    summary.companies = add(&mut tx, COMPANIES, &rows.companies).await?;
    summary.occupancies = add(&mut tx, OCCUPANCIES, &rows.occupancies).await?;
    summary.infrastructure = add(&mut tx, INFRASTRUCTURE, &rows.infrastructure).await?;
    summary.backdrop = add(&mut tx, BACKDROP, &rows.backdrop).await?;
    tx.commit().await?;
    Ok(())
}

async fn as_operator(operator: &PgPool) -> anyhow::Result<sqlx::Transaction<'static, sqlx::Postgres>> {
    let mut tx = operator.begin().await?;
    sqlx::query("select set_config('app.system', 'operator', true)").execute(&mut *tx).await?;
    Ok(tx)
}

/// The people by the first part of their address, with their ids.
pub type People = BTreeMap<&'static str, Uuid>;

async fn admit(operator: &PgPool, summary: &mut Summary) -> anyhow::Result<People> {
    let mut tx = as_operator(operator).await?;
    let organisations: Vec<Value> = ORGANISATIONS
        .iter()
        .map(|o| json!({ "id": id("organisation", o.key), "kind": o.kind, "name": o.name, "municipality_code": o.municipality }))
        .collect();
    summary.organisations = add(&mut tx, ORGANISATION_ROWS, &organisations).await?;
    let persons: Vec<Value> = PERSONS.iter().map(|p| json!({ "id": id("person", p.email), "email": p.email, "name": p.name })).collect();
    summary.people = add(&mut tx, PERSON_ROWS, &persons).await?;
    let memberships: Vec<Value> = PERSONS
        .iter()
        .map(|p| {
            let terrain = match p.on {
                On::HoogeWaard => Some(terrain_id(HOOGE_WAARD)),
                On::KleinEiland => Some(terrain_id(island::KLEIN_EILAND)),
                On::Everywhere => None,
            };
            let organisation = id("organisation", p.organisation);
            json!({ "id": id("membership", p.email), "email": p.email, "organisation_id": organisation, "terrain_id": terrain, "role": p.role })
        })
        .collect();
    add(&mut tx, MEMBERSHIPS, &memberships).await?;
    let theirs: Vec<Value> = ORGANISATIONS
        .iter()
        .filter(|o| matches!(o.kind, "company" | "owner"))
        .map(|o| json!({ "company_id": company_id(o.name), "organisation_id": id("organisation", o.key) }))
        .collect();
    add(&mut tx, THEIR_COMPANIES, &theirs).await?;
    // Somebody may have been there before under another id.
    let emails: Vec<&str> = PERSONS.iter().map(|p| p.email).collect();
    let known: Vec<(String, Uuid)> =
        sqlx::query_as("select email, id from person where email = any ($1)").bind(emails).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let known: BTreeMap<String, Uuid> = known.into_iter().collect();
    PERSONS
        .iter()
        .map(|p| {
            let id = known.get(p.email).copied().with_context(|| format!("{} was not admitted", p.email))?;
            Ok((p.email.split('@').next().unwrap_or_default(), id))
        })
        .collect()
}

/// A session for each person, by the hash that names it. Nobody holds the token: the hash is drawn, not made from one.
type Sessions = BTreeMap<&'static str, [u8; 32]>;

async fn open_sessions(operator: &PgPool, people: &People) -> anyhow::Result<Sessions> {
    let sessions: Sessions = people.keys().map(|name| (*name, rand::random())).collect();
    let rows: Vec<Value> = sessions
        .iter()
        .map(|(name, hash)| json!({ "id": session_id(name), "person_id": people[name], "token_hash": text::hex(hash) }))
        .collect();
    let mut tx = as_operator(operator).await?;
    add(&mut tx, SESSIONS, &rows).await?;
    tx.commit().await?;
    Ok(sessions)
}

async fn close_sessions(operator: &PgPool, sessions: &Sessions) -> anyhow::Result<()> {
    let mut tx = as_operator(operator).await?;
    let ids: Vec<Uuid> = sessions.keys().map(|name| session_id(name)).collect();
    sqlx::query("update session set revoked_at = app.now() where id = any ($1) and revoked_at is null").bind(ids).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

fn session_id(name: &str) -> Uuid {
    id("session", name)
}

/// First everybody's issues, then everybody's answers to them, then what teams heard in talks, in one transaction.
async fn speak(app: &PgPool, people: &People, sessions: &Sessions, summary: &mut Summary) -> anyhow::Result<()> {
    let mut tx = app.begin().await?;
    let said = voices::all(people);
    for (name, hash) in sessions {
        let Some(reports) = said.reports.get(name) else { continue };
        become_person(&mut tx, hash).await?;
        summary.issues += add(&mut tx, ISSUES, &reports.issues).await?;
        add(&mut tx, PARTIES, &reports.parties).await?;
        add(&mut tx, EVENTS, &reports.events).await?;
    }
    for (name, hash) in sessions {
        let Some(answers) = said.answers.get(name) else { continue };
        become_person(&mut tx, hash).await?;
        summary.supports += add(&mut tx, SUPPORTS, &answers.supports).await?;
        summary.comments += add(&mut tx, COMMENTS, &answers.comments).await?;
        add(&mut tx, EVENTS, &answers.events).await?;
        summary.observations += add(&mut tx, OBSERVATIONS, &answers.observations).await?;
    }
    let heard = heard::all(people);
    for (name, hash) in sessions {
        let Some(heard) = heard.get(name) else { continue };
        become_person(&mut tx, hash).await?;
        summary.conversations += add(&mut tx, CONVERSATIONS, &heard.conversations).await?;
        add(&mut tx, CONVERSATION_ISSUES, &heard.issues).await?;
        add(&mut tx, PRIVATE_NOTES, &heard.notes).await?;
        summary.promises += add(&mut tx, PROMISES, &heard.promises).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn become_person(tx: &mut PgConnection, hash: &[u8; 32]) -> anyhow::Result<()> {
    sqlx::query("select set_config('app.session', $1, true)").bind(text::hex(hash)).execute(tx).await?;
    Ok(())
}

const TERRAINS: &str = include_str!("sql/terrain.sql");
const PLOTS: &str = include_str!("sql/plot.sql");
const BUILDINGS: &str = include_str!("sql/building.sql");
const ADDRESSES: &str = include_str!("sql/address.sql");
const COMPANIES: &str = include_str!("sql/company.sql");
const OCCUPANCIES: &str = include_str!("sql/occupancy.sql");
const INFRASTRUCTURE: &str = include_str!("sql/infrastructure.sql");
const BACKDROP: &str = include_str!("sql/backdrop.sql");
const ORGANISATION_ROWS: &str = include_str!("sql/organisation.sql");
const PERSON_ROWS: &str = include_str!("sql/person.sql");
const MEMBERSHIPS: &str = include_str!("sql/membership.sql");
const THEIR_COMPANIES: &str = include_str!("sql/their_companies.sql");
const SESSIONS: &str = include_str!("sql/session.sql");
const ISSUES: &str = include_str!("sql/issue.sql");
const PARTIES: &str = include_str!("sql/issue_party.sql");
const SUPPORTS: &str = include_str!("sql/support.sql");
const COMMENTS: &str = include_str!("sql/issue_comment.sql");
const EVENTS: &str = include_str!("sql/issue_event.sql");
const OBSERVATIONS: &str = include_str!("sql/observation.sql");
const CONVERSATIONS: &str = include_str!("sql/conversation.sql");
const CONVERSATION_ISSUES: &str = include_str!("sql/conversation_issue.sql");
const PRIVATE_NOTES: &str = include_str!("sql/private_note.sql");
const PROMISES: &str = include_str!("sql/promise.sql");
