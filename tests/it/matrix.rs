//! Who may do what to which table, on the demo: a table anyone can read (`snapshots/`), held against the rules of `policy.rs`. A table
//! left out fails. Refresh with `INSTA_UPDATE=always cargo nextest run --cargo-profile ci -p terrein-tests matrix`, and read the difference.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgConnection, PgPool, Row};
use terrein::access::caller::SessionHash;
use terrein::access::policy::{Action, On, may};
use terrein::access::{Actor, Caller, Database};
use terrein::demo::id as demo_id;
use terrein::texts::Language;
use terrein_shared::clock::Clock;
use terrein_shared::id::{OrganisationId, PersonId, TerrainId};
use terrein_tests::TestApp;
use terrein_tests::demo::{PEOPLE, closed_terrain, open_terrain};
use uuid::Uuid;

mod definers;
mod files;
mod mutants;
mod rights;
mod talks;

/// Every table of ours, with a column an update may set to itself. `None`: nobody of the application updates it.
pub(super) const TABLES: [(&str, Option<&str>); 46] = [
    ("person", Some("language")),
    ("organisation", None),
    ("membership", None),
    ("invitation", Some("withdrawn_at")),
    ("session", Some("revoked_at")),
    ("passkey", Some("name")),
    ("access_token", Some("revoked_at")),
    ("sign_in_challenge", None),
    ("oidc_identity", None),
    ("oidc_request", None),
    ("sign_in_link", None),
    ("command_log", Some("outcome")),
    ("audit_subject", None),
    ("audit_event", None),
    ("audit_reader", None),
    ("audit_seal", None),
    ("import_run", None),
    ("import_reject", None),
    ("reference.municipality", None),
    ("app.restore", None),
    ("app.narrowing", None),
    ("terrain", Some("name")),
    ("terrain_municipality", None),
    ("plot", Some("version")),
    ("building", Some("version")),
    ("address", None),
    ("company", Some("name")),
    ("occupancy", Some("version")),
    ("infrastructure", Some("version")),
    ("backdrop", None),
    ("issue", Some("title")),
    ("issue_party", None),
    ("support", Some("willingness")),
    ("issue_comment", Some("text")),
    ("issue_event", None),
    ("observation", Some("version")),
    ("conversation", Some("situation")),
    ("private_note", Some("text")),
    ("conversation_issue", None),
    ("promise", Some("done_at")),
    ("gone", None),
    ("upload", Some("received")),
    ("photo", Some("alt")),
    ("photo_file", None),
    ("voice_note", Some("version")),
    ("app.file_work", None),
];

/// Rows somebody may try to add, as themselves, on a terrain: `{t}` terrain, `{me}`, `{org}` own organisation, `{issue}` a public issue
/// there, `{company}`, `{plot}`, `{conversation}` one of the team there.
const INSERTS: [(&str, &str); 18] = [
    // Another role for somebody of a company, and an invitation for it.
    (
        "membership",
        "(id, person_id, organisation_id, terrain_id, role) values (gen_random_uuid(), {ondernemer}, {waardkoel}, {t}, 'owner')",
    ),
    (
        "invitation",
        "(id, email, organisation_id, terrain_id, role, inviter_id, token_hash)
         values (gen_random_uuid(), 'x@demo.example', {waardkoel}, {t}, 'entrepreneur', {me}, gen_random_uuid()::text::bytea)",
    ),
    ("command_log", "(person_id, command_id, content_hash, outcome) values ({me}, gen_random_uuid(), '', 'null')"),
    ("company", "(id, terrain_id, name) values (gen_random_uuid(), {t}, 'New')"),
    (
        "occupancy",
        "(id, terrain_id, company_id, plot_id, kind, linked_by) values (gen_random_uuid(), {t}, {company}, {plot}, 'rents', 'person')",
    ),
    (
        "issue",
        "(id, terrain_id, kind, theme, audience, author_id, organisation_id, reporter_role, geom, reported_at)
         values (gen_random_uuid(), {t}, 'problem', 'other', 'team', {me}, {org}, 'x', 'SRID=4326;POINT(5.08 51.80)', now())",
    ),
    ("issue_party", "(issue_id, company_id, terrain_id) values ({issue}, {company}, {t})"),
    (
        "support",
        "(id, issue_id, terrain_id, organisation_id, person_id, given_at) values (gen_random_uuid(), {issue}, {t}, {org}, {me}, now())",
    ),
    (
        "issue_comment",
        "(id, issue_id, terrain_id, author_id, organisation_id, author_role, text, written_at)
         values (gen_random_uuid(), {issue}, {t}, {me}, {org}, 'x', 'x', now())",
    ),
    (
        "issue_event",
        "(id, issue_id, terrain_id, kind, actor_id, actor_role, happened_at) values (gen_random_uuid(), {issue}, {t}, 'edited', {me}, 'x', now())",
    ),
    (
        "observation",
        "(id, terrain_id, company_id, question, answer, seen_at, author_id, organisation_id, author_role, created_at)
         values (gen_random_uuid(), {t}, {company}, 'company_present', 'YES', now(), {me}, {org}, 'x', now())",
    ),
    (
        "conversation",
        "(id, terrain_id, company_id, held_on, author_id, organisation_id, author_role, created_at)
         values (gen_random_uuid(), {t}, {company}, '2026-11-20', {me}, {org}, 'x', now())",
    ),
    ("private_note", "(conversation_id, author_id, text, written_at) values ({conversation}, {me}, 'x', now())"),
    ("conversation_issue", "(conversation_id, issue_id) values ({conversation}, {issue})"),
    (
        "promise",
        "(id, terrain_id, text, owned_by, author_id, organisation_id, author_role, created_at)
         values (gen_random_uuid(), {t}, 'x', 'us', {me}, {org}, 'x', now())",
    ),
    (
        "upload",
        "(id, person_id, author_role, kind, issue_id, terrain_id, length, type, metadata, created_at, expires_at)
         values (gen_random_uuid(), {me}, 'x', 'photo', {issue}, {t}, 9, 'x', 'x', now(), now())",
    ),
    (
        "photo",
        "(id, issue_id, terrain_id, author_id, organisation_id, author_role, created_at)
         values (gen_random_uuid(), {issue}, {t}, {me}, {org}, 'x', now())",
    ),
    (
        "voice_note",
        "(id, issue_id, terrain_id, author_id, organisation_id, author_role, created_at, sound_until)
         values (gen_random_uuid(), {issue}, {t}, {me}, {org}, 'x', now(), now())",
    ),
];

/// The aanjager's support for a company that has nobody here.
const SUPPORT_FOR_COMPANY: &str =
    "(id, issue_id, terrain_id, company_id, person_id, given_at) values (gen_random_uuid(), {issue}, {t}, {company}, {me}, now())";

/// The column of somebody whose role waits for a strong sign-in.
const WEAK: &str = "weak_aanjager";

struct Person {
    column: &'static str,
    hash: Option<SessionHash>,
    id: Uuid,
    organisation: Uuid,
    actor: Actor,
}

/// Everybody, signed in at the database.
async fn everybody(app: &TestApp, superuser: &PgPool) -> Vec<Person> {
    let database = Database::connect(app.database.options("terrein_app"), 2).await.expect("connects");
    let mut people = Vec::new();
    // And an aanjager who came in by mail alone.
    for (column, email) in PEOPLE.into_iter().chain([(WEAK, Some("aanjager@demo.example"))]) {
        let (mut hash, mut id, mut organisation) = (None, Uuid::nil(), Uuid::nil());
        if let Some(email) = email {
            let session = SessionHash::of(column);
            (id, organisation) =
                sqlx::query_as("select p.id, m.organisation_id from person p join membership m on m.person_id = p.id where p.email = $1")
                    .bind(email)
                    .fetch_one(superuser)
                    .await
                    .expect("a person of the demo");
            sqlx::query("insert into session (id, token_hash, person_id, strong, created_at, last_seen_at, expires_at) values ($1, $2, $3, $4, now(), now(), now() + interval '1 hour')")
                .bind(terrein_shared::id::new_id())
                .bind(session.bytes())
                .bind(id)
                .bind(column != WEAK)
                .execute(superuser)
                .await
                .expect("a session");
            hash = Some(session);
        }
        let caller = Caller::new(database.clone(), hash.clone(), Language::En, Clock::System);
        let actor = caller.actor().await.expect("an actor").clone();
        caller.finish(true).await.expect("ended");
        people.push(Person { column, hash, id, organisation, actor });
    }
    people
}

/// Something in every table that the demo leaves empty, and a public issue nobody supports yet on each terrain.
async fn fill(app: &TestApp, issues: &[Uuid; 2]) {
    app.sql(
        "insert into command_log (person_id, command_id, content_hash, outcome) select id, gen_random_uuid(), '', 'null' from person;
         ",
    )
    .await;
    app.sql("insert into import_run (id, source, file_name, licence) values ('01900000-0000-7000-8000-000000000001', 'x', 'x', 'x')").await;
    app.sql("insert into import_reject (import_run_id, row_number, reason) select id, 1, 'x' from import_run").await;
    app.sql(
        "select app.audit(jsonb_build_array(jsonb_build_object('action', 'x', 'email', p.email, 'result', 'done', 'details', '{}'::jsonb,
           'organisations', '[]'::jsonb)), null, null, gen_random_uuid()) from person p",
    )
    .await;
    app.sql("select app.seal_audit()").await;
    app.sql("insert into oidc_identity (issuer, subject, person_id, created_at, last_used_at) select 'x', id::text, id, now(), now() from person").await;
    app.sql("insert into oidc_request (state_hash, browser_hash, provider, expires_at) values ('', '', 'x', now())").await;
    app.sql("insert into passkey (id, person_id, credential_id, credential, name, created_at) select gen_random_uuid(), id, id::text::bytea, '{}', 'x', now() from person").await;
    app.sql("insert into sign_in_challenge (id, kind, state, expires_at) values (gen_random_uuid(), 'sign_in', '{}', now())").await;
    app.sql(
        "insert into access_token (id, person_id, name, token_hash, scopes, method, strong, created_at, valid_until)
         select gen_random_uuid(), id, 'x', '\\x74'::bytea || sha256(id::text::bytea), '{read}', 'mail', false, now(), now() + interval '1 day' from person",
    )
    .await;
    app.sql("insert into sign_in_link (id, email, token_hash, created_at, expires_at) values (gen_random_uuid(), 'x@demo.example', '', now(), now())").await;
    app.sql(
        "insert into invitation (id, email, organisation_id, terrain_id, role, inviter_id, token_hash)
         select gen_random_uuid(), 'nieuw@demo.example', m.organisation_id, m.terrain_id, m.role, p.id, gen_random_uuid()::text::bytea
         from membership m join person p on p.id = m.person_id where p.email in ('ondernemer@demo.example', 'buur@demo.example')",
    )
    .await;
    for (issue, terrain, author) in [(issues[0], open_terrain(), "aanjager"), (issues[1], closed_terrain(), "buur")] {
        app.sql(&format!(
            "insert into issue (id, terrain_id, kind, theme, title, audience, author_id, organisation_id, reporter_role, geom, reported_at)
             select '{issue}', '{terrain}', 'problem', 'other', 'Planted', 'public', p.id, m.organisation_id, m.role, 'SRID=4326;POINT(5.08 51.80)', now()
             from person p join membership m on m.person_id = p.id where email = '{author}@demo.example'"
        ))
        .await;
    }
    talks::plant(app, issues).await;
    files::fill(app).await;
    app.sql("insert into app.narrowing default values").await;
    app.sql("update backdrop set deleted_at = now() where id = (select id from backdrop order by id limit 1)").await;
    // Leaves a row in `gone` for those who could see it before.
    app.sql("update issue set audience = 'team' where audience = 'municipality'").await;
}

async fn become_person<'a>(pool: &'a PgPool, person: &Person) -> sqlx::Transaction<'a, sqlx::Postgres> {
    let mut transaction = pool.begin().await.expect("a transaction");
    sqlx::query("select set_config('app.session', $1, true)")
        .bind(person.hash.as_ref().map(SessionHash::hex).unwrap_or_default())
        .execute(&mut *transaction)
        .await
        .expect("set");
    transaction
}

async fn flag(connection: &mut PgConnection, sql: String) -> bool {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.expect("the catalogue answers")
}

/// Tries a statement and takes it back; rows touched, or `None` when a policy or a right refuses it. What fails on a key came past them.
async fn attempt(connection: &mut PgConnection, sql: String) -> Option<u64> {
    sqlx::query("savepoint attempt").execute(&mut *connection).await.expect("a savepoint");
    let done = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *connection).await;
    sqlx::query("rollback to savepoint attempt").execute(&mut *connection).await.expect("taken back");
    match done {
        Ok(done) => Some(done.rows_affected()),
        Err(error) if error.as_database_error().and_then(|error| error.code()).as_deref() == Some("42501") => None,
        Err(error) if error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code.starts_with("23")) => Some(0),
        Err(error) => panic!("{error}: {sql}"),
    }
}

/// A terrain, and on it a public issue nobody supports yet, a company without people here, a plot and a talk.
type Place = (Uuid, Uuid, Uuid, Uuid, Uuid);

/// The demo, filled, and everybody in it.
struct Scene {
    issues: [Uuid; 2],
    places: Vec<Place>,
    people: Vec<Person>,
    pool: PgPool,
}

impl Scene {
    async fn new(app: &TestApp, superuser: &PgPool) -> Self {
        let issues = [terrein_shared::id::new_id(), terrein_shared::id::new_id()];
        fill(app, &issues).await;
        let people = everybody(app, superuser).await;
        let mut places = Vec::new();
        for (place, (terrain, issue)) in [(open_terrain(), issues[0]), (closed_terrain(), issues[1])].into_iter().enumerate() {
            let one = |sql: &'static str| sqlx::query_scalar::<_, Uuid>(sql).bind(terrain).fetch_one(superuser);
            let company =
                one("select id from company c where terrain_id = $1 and organisation_id is null and not sole_trader order by name limit 1")
                    .await
                    .expect("a company");
            let plot = one("select id from plot where terrain_id = $1 order by key limit 1").await.expect("a plot");
            places.push((terrain, issue, company, plot, talks::on(place)));
        }
        Self { issues, places, people, pool: app.database.pool("terrein_app").await }
    }

    /// What everybody sees, adds, changes and removes in one table: four lines of the matrix.
    async fn lines(&self, name: &str, column: Option<&str>) -> [(&'static str, String); 4] {
        let mut lines = [("select", String::new()), ("insert", String::new()), ("update", String::new()), ("delete", String::new())];
        for person in &self.people {
            let mut transaction = become_person(&self.pool, person).await;
            let connection = &mut *transaction;
            let has = |what: &str| format!("select has_table_privilege('{name}', '{what}')");
            for what in ["delete", "truncate", "references", "trigger"] {
                assert!(!flag(connection, has(what)).await, "{what} on {name}");
            }
            let seen = if flag(connection, has("select")).await {
                let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {name}")))
                    .fetch_one(&mut *connection)
                    .await
                    .expect("counted");
                count.to_string()
            } else {
                ".".to_owned()
            };
            let insert = INSERTS.iter().find(|(table, _)| *table == name);
            assert_eq!(
                insert.is_some(),
                flag(connection, format!("select has_any_column_privilege('{name}', 'insert')")).await,
                "insert into {name}"
            );
            let mut added = ".".to_owned();
            if let Some((_, values)) = insert {
                added.clear();
                for (place, letter) in self.places.iter().zip(["open ", "closed"]) {
                    let sql = format!("insert into {name} {}", filled(values, person, place));
                    added.push_str(if attempt(connection, sql).await.is_some() { letter } else { "" });
                }
                added = if added.is_empty() { "-".to_owned() } else { added.trim().replace("open closed", "both") };
            }
            assert_eq!(
                column.is_some(),
                flag(connection, format!("select has_any_column_privilege('{name}', 'update')")).await,
                "update of {name}"
            );
            let changed = match column {
                Some(column) => attempt(connection, format!("update {name} set {column} = {column}"))
                    .await
                    .map_or("-".to_owned(), |rows| rows.to_string()),
                None => ".".to_owned(),
            };
            for ((_, line), cell) in lines.iter_mut().zip([seen, added, changed, ".".to_owned()]) {
                write!(line, "{cell:>14}").expect("written");
            }
        }
        lines
    }
}

fn filled(sql: &str, person: &Person, (terrain, issue, company, plot, conversation): &Place) -> String {
    [
        ("{t}", terrain),
        ("{issue}", issue),
        ("{company}", company),
        ("{plot}", plot),
        ("{conversation}", conversation),
        ("{me}", &person.id),
        ("{org}", &person.organisation),
        ("{waardkoel}", &demo_id("organisation", "waardkoel")),
        ("{ondernemer}", &demo_id("person", "ondernemer@demo.example")),
    ]
    .iter()
    .fold(sql.to_owned(), |sql, (name, id)| sql.replace(name, &format!("'{id}'")))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_shows_and_takes_from_every_role_what_the_rules_say() {
    let app = TestApp::demo().await;
    let superuser = app.database.superuser().await;
    let scene = Scene::new(&app, &superuser).await;
    let mut table = format!("{:<24}{:<8}", "table", "does");
    for person in &scene.people {
        write!(table, "{:>14}", person.column).expect("written");
    }
    table.push('\n');
    for (name, column) in TABLES {
        let bare = name.rsplit('.').next().unwrap_or(name);
        for (does, line) in scene.lines(name, column).await {
            writeln!(table, "{bare:<24}{does:<8}{line}").expect("written");
        }
    }
    let Scene { issues, places, people, pool } = &scene;
    insta::assert_snapshot!("who_may_do_what_to_which_table", table);

    // The database and policy.rs say the same.
    for person in people {
        let mut transaction = become_person(pool, person).await;
        for place in places {
            let terrain = TerrainId(place.0);
            for (action, table) in [
                (Action::ReportIssue, "issue"),
                (Action::LinkCompany, "company"),
                (Action::Observe, "observation"),
                (Action::RecordConversation, "conversation"),
                (Action::MakePromise, "promise"),
            ] {
                let (_, values) = INSERTS.iter().find(|(name, _)| *name == table).expect("listed");
                let taken = attempt(&mut transaction, format!("insert into {table} {}", filled(values, person, place))).await.is_some();
                assert_eq!(taken, may(&person.actor, action, On::Terrain(terrain)).is_ok(), "{} {action:?} on {terrain}", person.column);
            }
            let edited = attempt(&mut transaction, format!("update terrain set name = name where id = '{}'", terrain.0)).await;
            assert_eq!(
                edited == Some(1),
                may(&person.actor, Action::EditTerrain, On::Terrain(terrain)).is_ok(),
                "{} edits {terrain}",
                person.column
            );
        }
        talks::check(&mut transaction, person).await;
        let sql = "select id, terrain_id, author_id, organisation_id, audience, reporter_role from issue where deleted_at is null";
        for row in sqlx::query(sql).fetch_all(&mut *transaction).await.expect("read") {
            let (issue, audience): (Uuid, String) = (row.get("id"), row.get("audience"));
            let on = On::Issue {
                terrain: TerrainId(row.get("terrain_id")),
                author: PersonId(row.get("author_id")),
                organisation: OrganisationId(row.get("organisation_id")),
                as_role: terrein::access::Role::from_word(row.get("reporter_role")).ok(),
                private: audience == "me",
                team_only: audience == "team",
                // The database leaves it to the rules what is still done with a closed issue.
                closed: false,
            };
            let says = |action| may(&person.actor, action, on).is_ok();
            let who = format!("{} on an issue for {audience} ({issue})", person.column);
            let updated = attempt(&mut transaction, format!("update issue set title = title where id = '{issue}'")).await == Some(1);
            assert_eq!(updated, says(Action::EditIssue), "{who} edits");
            assert_eq!(updated, says(Action::ChangeIssueState), "{who} changes the state");
            assert!(updated || !(says(Action::ShareIssue) || says(Action::WithdrawIssue)), "{who} shares or withdraws");
            if issues.contains(&issue) {
                let place = places.iter().find(|place| place.1 == issue).expect("one of two");
                let values = |table| INSERTS.iter().find(|(name, _)| *name == table).expect("listed").1;
                for (action, table, values) in [
                    (Action::CommentOnIssue, "issue_comment", values("issue_comment")),
                    (Action::EditIssue, "issue_event", values("issue_event")),
                    (Action::EditIssue, "issue_party", values("issue_party")),
                    (Action::AddFile, "photo", values("photo")),
                    (Action::AddFile, "voice_note", values("voice_note")),
                    (Action::SupportIssue, "support", values("support")),
                    (Action::SupportForCompany, "support", SUPPORT_FOR_COMPANY),
                ] {
                    let taken = attempt(&mut transaction, format!("insert into {table} {}", filled(values, person, place))).await.is_some();
                    assert_eq!(taken, says(action), "{who}: {action:?}");
                }
            }
        }
    }
}
