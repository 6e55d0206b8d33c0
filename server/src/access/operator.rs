//! What an operator does at the command line, as System(operator): people, organisations and roles; sign-in links.

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use terrein_shared::geometry::Geom;
use uuid::Uuid;

use super::caller::Role;
use super::invitation;
use super::sign_in::{secret, token_hash};
use crate::texts::Language;

/// A link for somebody with an account, 15 minutes, once, in any browser; it signs in strongly, for the operator knows to whom it is given.
/// `None` when nobody has this address.
///
/// # Errors
/// When the database does not answer.
pub async fn sign_in_link(worker: &PgConnectOptions, email: &str) -> anyhow::Result<Option<String>> {
    let token = secret();
    let laid = acting(worker, async |db| {
        let laid = sqlx::query(
            "insert into sign_in_link (id, email, person_id, token_hash, operator, created_at, expires_at)
             select $1, p.email, p.id, $2, true, app.now(), app.now() + interval '15 minutes' from person p where p.email = lower($3)",
        )
        .bind(terrein_shared::id::new_id())
        .bind(token_hash(&token))
        .bind(email)
        .execute(db)
        .await?;
        Ok(laid.rows_affected())
    })
    .await?;
    Ok((laid == 1).then_some(token))
}

/// Does `work` in one transaction, as System(operator).
async fn acting<T>(worker: &PgConnectOptions, work: impl AsyncFnOnce(&mut PgConnection) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let mut connection = PgConnection::connect_with(worker).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("select set_config('app.system', 'operator', true)").execute(&mut *transaction).await?;
    let came = work(&mut transaction).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(came)
}

/// An organisation, as the command line shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Organisation {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
}

/// A new organisation.
#[derive(Debug, Clone)]
pub struct NewOrganisation<'a> {
    pub kind: &'a str,
    pub name: &'a str,
    /// A municipality's: as in `reference.municipality`, `GM0361`.
    pub municipality: Option<&'a str>,
    /// A province's: `PV27`.
    pub province: Option<&'a str>,
}

/// Adds an organisation.
///
/// # Errors
/// One line: what does not fit; or when the database does not answer.
pub async fn add_organisation(worker: &PgConnectOptions, new: &NewOrganisation<'_>) -> anyhow::Result<Organisation> {
    let name = new.name.trim();
    ensure!(!name.is_empty() && name.chars().count() <= 200, "a name has 1 to 200 letters");
    ensure!((new.kind == "municipality") == new.municipality.is_some(), "a municipality has --municipality, and nothing else has");
    ensure!(new.province.is_none() || new.kind == "province", "--province is for a province");
    acting(worker, async |db| {
        known(db, "code", new.municipality).await?;
        known(db, "province_code", new.province).await?;
        let organisation = sqlx::query_as(
            "insert into organisation (id, kind, name, municipality_code, province_code) values ($1, $2, $3, $4, $5) returning id, kind, name",
        )
        .bind(terrein_shared::id::new_id())
        .bind(new.kind)
        .bind(name)
        .bind(new.municipality)
        .bind(new.province)
        .fetch_one(db)
        .await?;
        Ok(organisation)
    })
    .await
}

/// Whether the register of municipalities knows a code.
async fn known(db: &mut PgConnection, column: &'static str, code: Option<&str>) -> anyhow::Result<()> {
    let Some(code) = code else { return Ok(()) };
    let sql = sqlx::AssertSqlSafe(format!("select exists (select from reference.municipality where {column} = $1)"));
    let there: bool = sqlx::query_scalar(sql).bind(code).fetch_one(db).await?;
    ensure!(there, "no municipality here has {column} {code}: `terrein import municipalities` brings them");
    Ok(())
}

/// All organisations by name.
///
/// # Errors
/// When the database does not answer.
pub async fn organisations(worker: &PgConnectOptions) -> anyhow::Result<Vec<Organisation>> {
    acting(worker, async |db| Ok(sqlx::query_as("select id, kind, name from organisation order by name, id").fetch_all(db).await?)).await
}

/// The one thing that somebody means by an id or a whole name.
async fn one<T>(db: &mut PgConnection, sql: &'static str, what: &str, said: &str) -> anyhow::Result<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
{
    let bare = said.strip_prefix(what).and_then(|rest| rest.strip_prefix(':')).unwrap_or(said);
    let mut found: Vec<T> = sqlx::query_as(sql).bind(bare).fetch_all(db).await?;
    match (found.pop(), found.len()) {
        (Some(one), 0) => Ok(one),
        (Some(_), more) => bail!("{} times {what} “{said}”: give the id", more + 1),
        (None, _) => bail!("no {what} “{said}”"),
    }
}

async fn organisation(db: &mut PgConnection, said: &str) -> anyhow::Result<Organisation> {
    one(db, "select id, kind, name from organisation where id::text = $1 or name = $1 limit 5", "organisation", said).await
}

async fn terrain(db: &mut PgConnection, said: &str) -> anyhow::Result<Uuid> {
    let (id,) =
        one(db, "select id from terrain where (id::text = $1 or name = $1) and deleted_at is null limit 5", "terrain", said).await?;
    Ok(id)
}

/// A role of somebody's, as the operator names it: organisation and terrain by id or whole name.
#[derive(Debug, Clone)]
pub struct RoleOf<'a> {
    pub email: &'a str,
    pub role: Role,
    pub organisation: &'a str,
    pub terrain: Option<&'a str>,
}

/// A role that was given or ended.
#[derive(Debug, Clone, Serialize)]
pub struct Changed {
    pub membership: Uuid,
    pub organisation: Uuid,
    pub terrain: Option<Uuid>,
}

/// Somebody who is not here yet.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    pub name: Option<&'a str>,
    pub language: Language,
}

/// Gives a role; whoever is not here yet is added, by their name. Whoever holds it keeps it.
///
/// # Errors
/// One line: what does not fit; or when the database does not answer.
pub async fn grant_role(worker: &PgConnectOptions, role: &RoleOf<'_>, person: &NewPerson<'_>) -> anyhow::Result<Changed> {
    let email = invitation::address(role.email).map_err(|_| anyhow::anyhow!("“{}” is not a mail address", role.email))?;
    acting(worker, async |db| {
        let organisation = organisation(db, role.organisation).await?;
        let place = match role.terrain {
            Some(said) => Some(terrain(db, said).await?),
            None => None,
        };
        let fits = super::roles::fits(role.role, &organisation.kind, place.is_some());
        ensure!(
            fits,
            "role {} does not fit {} {} a terrain",
            role.role.word(),
            organisation.kind,
            if place.is_some() { "on" } else { "without" }
        );
        let known: Option<Uuid> =
            sqlx::query_scalar("select id from person where email = $1").bind(&email).fetch_optional(&mut *db).await?;
        let who = match (known, person.name.map(str::trim)) {
            (Some(id), _) => id,
            (None, None) => bail!("nobody has the address {email}: give --name to add them"),
            (None, Some(name)) => {
                ensure!((1..=120).contains(&name.chars().count()), "a name has 1 to 120 letters");
                sqlx::query_scalar("insert into person (id, email, name, language) values ($1, $2, $3, $4) returning id")
                    .bind(terrein_shared::id::new_id())
                    .bind(&email)
                    .bind(name)
                    .bind(person.language.code())
                    .fetch_one(&mut *db)
                    .await?
            }
        };
        sqlx::query(
            "insert into membership (id, person_id, organisation_id, terrain_id, role, valid_from) values ($1, $2, $3, $4, $5, app.now())
             on conflict do nothing",
        )
        .bind(terrein_shared::id::new_id())
        .bind(who)
        .bind(organisation.id)
        .bind(place)
        .bind(role.role.word())
        .execute(&mut *db)
        .await?;
        let membership = held(db, &email, organisation.id, place, role.role).await?;
        let membership = membership.context("the role could not be given")?;
        Ok(Changed { membership, organisation: organisation.id, terrain: place })
    })
    .await
}

async fn held(db: &mut PgConnection, email: &str, organisation: Uuid, terrain: Option<Uuid>, role: Role) -> anyhow::Result<Option<Uuid>> {
    let sql = "select m.id from membership m join person p on p.id = m.person_id
        where p.email = $1 and m.organisation_id = $2 and m.terrain_id is not distinct from $3 and m.role = $4
          and m.valid_from <= app.now() and (m.valid_until is null or m.valid_until > app.now()) order by m.valid_until nulls first limit 1";
    Ok(sqlx::query_scalar(sql).bind(email).bind(organisation).bind(terrain).bind(role.word()).fetch_optional(db).await?)
}

/// Ends a role, at once, in open sessions too. A terrain keeps an aanjager.
///
/// # Errors
/// One line: that there is no such role, or nobody else to be aanjager; or when the database does not answer.
pub async fn withdraw_role(worker: &PgConnectOptions, role: &RoleOf<'_>) -> anyhow::Result<Changed> {
    let email = role.email.trim().to_lowercase();
    acting(worker, async |db| {
        let organisation = organisation(db, role.organisation).await?;
        let place = match role.terrain {
            Some(said) => Some(terrain(db, said).await?),
            None => None,
        };
        let Some(membership) = held(db, &email, organisation.id, place, role.role).await? else {
            bail!("{email} does not hold role {} for {} there", role.role.word(), organisation.name)
        };
        if let (Role::Aanjager, Some(place)) = (role.role, place) {
            // As in the app: two who end at once wait for one another.
            sqlx::query("select pg_advisory_xact_lock(hashtext('aanjager'), hashtext($1))").bind(place.to_string()).execute(&mut *db).await?;
            let another: bool = sqlx::query_scalar(
                "select exists (select from membership where terrain_id = $1 and role = 'aanjager' and id <> $2 and valid_from <= app.now() and valid_until is null)",
            )
            .bind(place)
            .bind(membership)
            .fetch_one(&mut *db)
            .await?;
            ensure!(another, "nobody else is aanjager of this terrain: grant the role to somebody first");
        }
        sqlx::query("update membership set valid_until = app.now() where id = $1").bind(membership).execute(&mut *db).await?;
        Ok(Changed { membership, organisation: organisation.id, terrain: place })
    })
    .await
}

/// Where an organisation looks.
#[derive(Debug, Clone)]
pub enum Area {
    /// A grid operator's service area: polygons, EPSG:4326.
    Service(Vec<Geom>),
    /// A municipality's territory by its code.
    Municipality(String),
    /// A province's by its code.
    Province(String),
}

/// Sets where an organisation looks; the copies on its people's devices begin anew. Answers the organisation and, of a service area, its size
/// in square kilometres.
///
/// # Errors
/// One line: what does not fit; or when the database does not answer.
pub async fn set_area(worker: &PgConnectOptions, said: &str, area: &Area) -> anyhow::Result<(Organisation, Option<f64>)> {
    acting(worker, async |db| {
        let organisation = organisation(db, said).await?;
        let (kind, what) = match area {
            Area::Service(_) => ("grid_operator", "a service area"),
            Area::Municipality(_) => ("municipality", "a municipality's code"),
            Area::Province(_) => ("province", "a province's code"),
        };
        ensure!(organisation.kind == kind, "{what} is for a {kind}; {} is a {}", organisation.name, organisation.kind);
        match area {
            Area::Service(shapes) => {
                let shapes: Vec<Vec<u8>> = shapes.iter().map(Geom::to_ewkb).collect();
                let size: Option<f64> = sqlx::query_scalar(
                    "update organisation set service_area = made.shape, version = version + 1
                     from (select ST_Multi(ST_CollectionExtract(ST_Union(ST_MakeValid(g::geometry)), 3)) as shape from unnest($2::bytea[]) g) made
                     where id = $1 and not ST_IsEmpty(made.shape) returning ST_Area(ST_Transform(made.shape, 28992)) / 1e6",
                )
                .bind(organisation.id)
                .bind(shapes)
                .fetch_optional(&mut *db)
                .await?;
                ensure!(size.is_some(), "there is no area in it");
                Ok((organisation, size))
            }
            Area::Municipality(code) | Area::Province(code) => {
                let column = if kind == "municipality" { "code" } else { "province_code" };
                known(db, column, Some(code)).await?;
                let set = if kind == "municipality" { "municipality_code" } else { "province_code" };
                let sql = sqlx::AssertSqlSafe(format!("update organisation set {set} = $2, version = version + 1 where id = $1"));
                sqlx::query(sql).bind(organisation.id).bind(code).execute(&mut *db).await?;
                Ok((organisation, None))
            }
        }
    })
    .await
}
