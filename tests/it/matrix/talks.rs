//! Talks, promises and notes in the matrix: two teams', planted, and what was seen; and what the rules say of each, held against the database.

use sqlx::{AssertSqlSafe, PgConnection, Row};
use terrein::access::policy::{Action, On, may};
use terrein::demo::id as demo_id;
use terrein_shared::id::{OrganisationId, PersonId, TerrainId};
use terrein_tests::TestApp;
use terrein_tests::demo::{closed_terrain, open_terrain};
use uuid::Uuid;

use super::{Person, attempt};

/// The talk that is planted on a terrain: of the open one, then of the closed one.
pub fn on(place: usize) -> Uuid {
    demo_id("conversation", ["open", "closed"][place])
}

pub async fn plant(app: &TestApp, issues: &[Uuid; 2]) {
    // What a colleague saw, whom nothing else in the demo has: theirs to see, not to take back.
    app.sql(
        "insert into observation (id, terrain_id, company_id, question, answer, seen_at, author_id, organisation_id, author_role, created_at)
         select gen_random_uuid(), c.terrain_id, c.id, 'company_present', 'YES', now(), p.id, m.organisation_id, 'entrepreneur', now()
         from company c, person p, membership m join person k on k.id = m.person_id
         where c.name = 'Polderstaal' and p.email = 'ondernemer@demo.example' and k.email = 'kadebeton@demo.example'",
    )
    .await;
    // Talks of two teams: the aanjager's on the open terrain, and on the closed one that of an aanjager who has nobody's column.
    app.sql(&format!(
        "with made as (
           insert into person (id, email, name) values (gen_random_uuid(), 'elders@demo.example', 'Aanjager Klein Eiland') returning id),
         role as (
           insert into membership (id, person_id, organisation_id, terrain_id, role)
           select gen_random_uuid(), id, '{}', '{}', 'aanjager' from made)
         insert into person (id, email, name) values (gen_random_uuid(), 'collega@demo.example', 'Tweede aanjager')",
        demo_id("organisation", "eiland"),
        closed_terrain(),
    ))
    .await;
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, terrain_id, role)
         select gen_random_uuid(), id, '{}', '{}', 'aanjager' from person where email = 'collega@demo.example'",
        demo_id("organisation", "programme"),
        open_terrain(),
    ))
    .await;
    for (place, author) in ["aanjager", "elders"].into_iter().enumerate() {
        let (conversation, issue) = (on(place), issues[place]);
        for (sql, values) in [
            (
                "insert into conversation (id, terrain_id, other_party, held_on, author_id, organisation_id, author_role, created_at)
                 select {c}, m.terrain_id, 'Iemand', '2026-11-20', p.id, m.organisation_id, m.role, now()",
                "",
            ),
            (
                "insert into promise (id, terrain_id, conversation_id, text, owned_by, author_id, organisation_id, author_role, created_at)
                 select gen_random_uuid(), m.terrain_id, {c}, 'Uitzoeken', 'us', p.id, m.organisation_id, m.role, now()",
                "",
            ),
            (
                "insert into private_note (conversation_id, author_id, text, written_at) select {c}, p.id, 'Van mij', now()",
                " or email = 'collega@demo.example' and {open}",
            ),
        ] {
            let sql = format!("{sql} from person p join membership m on m.person_id = p.id where email = '{author}@demo.example'{values}");
            app.sql(&sql.replace("{c}", &format!("'{conversation}'")).replace("{open}", if place == 0 { "true" } else { "false" })).await;
        }
        app.sql(&format!("insert into conversation_issue (conversation_id, issue_id) values ('{conversation}', '{issue}')")).await;
    }
}

/// What the rules allow somebody with a talk or a promise they see, the database does too.
pub async fn check(transaction: &mut PgConnection, person: &Person) {
    for (table, edit, withdraw) in [
        ("conversation", Action::EditConversation, Action::WithdrawConversation),
        ("promise", Action::KeepPromise, Action::WithdrawPromise),
    ] {
        let sql = format!("select id, terrain_id, author_id, organisation_id from {table} where deleted_at is null");
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *transaction).await.expect("read") {
            let (id, on) = (
                row.get::<Uuid, _>("id"),
                On::Team {
                    terrain: TerrainId(row.get("terrain_id")),
                    author: PersonId(row.get("author_id")),
                    organisation: OrganisationId(row.get("organisation_id")),
                },
            );
            let updated = attempt(&mut *transaction, format!("update {table} set version = version where id = '{id}'")).await == Some(1);
            assert_eq!(updated, may(&person.actor, edit, on).is_ok(), "{} changes {table} {id}", person.column);
            assert!(updated || may(&person.actor, withdraw, on).is_err(), "{} withdraws {table} {id}", person.column);
        }
    }
}
