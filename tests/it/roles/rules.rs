//! Who gives and withdraws which role: the database and `access/roles.rs`, for everybody, every role and every place.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, PgPool, Row};
use terrein::access::caller::{Role, SessionHash};
use terrein::access::policy::{Action, Denial, On, may};
use terrein::access::roles::{ALL, RoleAt, fits};
use terrein::access::{Actor, Caller, Database};
use terrein::texts::Language;
use terrein_shared::clock::Clock;
use terrein_shared::id::{OrganisationId, PersonId, TerrainId};
use terrein_tests::TestApp;
use terrein_tests::demo::{PEOPLE, closed_terrain, open_terrain};
use uuid::Uuid;

use super::admit;

struct Somebody {
    column: &'static str,
    hash: Option<SessionHash>,
    id: Option<Uuid>,
    actor: Actor,
}

/// Everybody of the demo, signed in strongly at the database.
async fn everybody(app: &TestApp, superuser: &PgPool) -> Vec<Somebody> {
    let database = Database::connect(app.database.options("terrein_app"), 2).await.expect("connects");
    let mut all = Vec::new();
    for (column, email) in PEOPLE {
        let hash = email.map(|_| SessionHash::of(column));
        let id: Option<Uuid> = match (email, &hash) {
            (Some(email), Some(hash)) => sqlx::query_scalar(
                "insert into session (id, token_hash, person_id, created_at, last_seen_at, expires_at, method, strong)
                 select gen_random_uuid(), $1, id, now(), now(), now() + interval '1 hour', 'operator', true from person where email = $2 returning person_id",
            )
            .bind(hash.bytes())
            .bind(email)
            .fetch_optional(superuser)
            .await
            .expect("a session"),
            _ => None,
        };
        let caller = Caller::new(database.clone(), hash.clone(), Language::En, Clock::System);
        let actor = caller.actor().await.expect("an actor").clone();
        caller.finish(true).await.expect("ended");
        all.push(Somebody { column, hash, id, actor });
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_and_the_rules_say_the_same_of_every_role() {
    let app = TestApp::demo().await;
    // Colleagues, so that there is somebody to give something to.
    for (first, name, role, terrain) in [
        ("collega1", "Waardkoel Transport", "entrepreneur", Some(open_terrain())),
        ("collega2", "Programma Vitale Terreinen", "aanjager", Some(open_terrain())),
        ("collega3", "Parkmanagement De Hooge Waard", "park_manager", Some(open_terrain())),
        ("collega4", "Gemeente Hoogewaard", "municipality", None),
        ("collega5", "Beheer Terrein", "admin", None),
    ] {
        admit(&app, first, name, role, terrain).await;
    }
    let superuser = app.database.superuser().await;
    let pool = app.database.pool("terrein_app").await;
    let organisations: Vec<(Uuid, String)> = sqlx::query_as("select id, kind from organisation").fetch_all(&superuser).await.expect("read");
    let colleagues: HashMap<Uuid, Uuid> = sqlx::query_as::<_, (Uuid, Uuid)>(
        "select m.organisation_id, p.id from membership m join person p on p.id = m.person_id where p.name like 'collega%'",
    )
    .fetch_all(&superuser)
    .await
    .expect("read")
    .into_iter()
    .collect();
    let held = sqlx::query(
        "select m.*, m.role = 'aanjager' and (select count(*) from membership o where o.role = 'aanjager' and o.terrain_id = m.terrain_id) = 1 as last
         from membership m",
    )
    .fetch_all(&superuser)
    .await
    .expect("read");
    let mut counts = [0_usize; 4];
    for somebody in everybody(&app, &superuser).await {
        let says = |action, at| may(&somebody.actor, action, On::Role(at));
        let mut transaction = pool.begin().await.expect("a transaction");
        sqlx::query("select set_config('app.session', $1, true)")
            .bind(somebody.hash.as_ref().map(SessionHash::hex).unwrap_or_default())
            .execute(&mut *transaction)
            .await
            .expect("set");
        for (organisation, kind) in &organisations {
            for (role, terrain) in
                ALL.into_iter().flat_map(|role| [Some(open_terrain()), Some(closed_terrain()), None].map(|terrain| (role, terrain)))
            {
                let to = colleagues.get(organisation);
                let row = sqlx::query(
                    "select app.manages(app.person(), $1, $2, $3) as manages, app.role_fits($1, $4, $3 is not null) as fits,
                       app.may_invite(app.person(), $1, $2, $3) as invites, app.may_give($5, $1, $2, $3) as gives",
                )
                .bind(role.word())
                .bind(organisation)
                .bind(terrain)
                .bind(kind)
                .bind(to)
                .fetch_one(&mut *transaction)
                .await
                .expect("read");
                let belongs: bool = sqlx::query_scalar("select app.belongs($1, $2, $3)")
                    .bind(somebody.id)
                    .bind(organisation)
                    .bind(terrain)
                    .fetch_one(&superuser)
                    .await
                    .expect("read");
                let at = RoleAt {
                    role,
                    organisation: OrganisationId(*organisation),
                    terrain: terrain.map(TerrainId),
                    holder: None,
                    last: false,
                };
                let who = format!("{} and {role:?} of {kind} on {terrain:?}", somebody.column);
                assert_eq!(row.get::<bool, _>("fits"), fits(role, kind, terrain.is_some()), "{who}");
                assert_eq!(row.get::<bool, _>("manages"), says(Action::InviteToRole, at).is_ok(), "{who}");
                let invites = says(Action::InviteToRole, at).is_ok() && fits(role, kind, terrain.is_some()) && belongs;
                assert_eq!(row.get::<bool, _>("invites"), invites, "{who}");
                counts[0] += usize::from(invites);
                if let Some(to) = to {
                    let given = RoleAt { holder: Some(PersonId(*to)), ..at };
                    let gives = says(Action::GiveRole, given).is_ok()
                        && fits(role, kind, terrain.is_some())
                        && (belongs || says(Action::InviteToRole, at).is_err());
                    assert_eq!(row.get::<Option<bool>, _>("gives").unwrap_or_default(), gives, "{who} gives");
                    counts[1] += usize::from(gives);
                }
            }
        }
        for row in &held {
            let id: Uuid = row.get("id");
            let at = RoleAt {
                role: Role::from_word(row.get("role")).expect("a role"),
                organisation: OrganisationId(row.get("organisation_id")),
                terrain: row.get::<Option<Uuid>, _>("terrain_id").map(TerrainId),
                holder: Some(PersonId(row.get("person_id"))),
                last: row.get::<Option<bool>, _>("last").unwrap_or_default(),
            };
            for (action, sql) in [
                (Action::WithdrawRole, format!("select app.withdraw_role('{id}')")),
                (Action::HandOverRole, format!("select app.hand_over_role('{id}', gen_random_uuid(), gen_random_uuid())")),
            ] {
                sqlx::query("savepoint attempt").execute(&mut *transaction).await.expect("a savepoint");
                let done: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *transaction).await.expect("an answer");
                sqlx::query("rollback to savepoint attempt").execute(&mut *transaction).await.expect("taken back");
                let wanted = match says(action, at) {
                    Ok(()) if action == Action::WithdrawRole => "done",
                    Ok(()) => "nobody",
                    Err(Denial::LastAanjager) => "last",
                    Err(_) => "not yours",
                };
                assert_eq!(done, wanted, "{} {action:?} {at:?}", somebody.column);
                counts[2] += usize::from(done == "done");
                counts[3] += usize::from(done == "nobody");
            }
        }
    }
    println!("invitations, gifts, withdrawals, hand overs allowed: {counts:?}");
    assert!(counts.into_iter().all(|count| count > 5), "{counts:?}");
}
