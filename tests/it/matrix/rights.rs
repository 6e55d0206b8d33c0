//! What the catalogue says: row-level security on every table of the matrix, and nobody with more rights than their part asks.

use std::collections::BTreeSet;

use sqlx::Row;
use terrein_tests::TestApp;

use super::TABLES;
use super::definers::DEFINERS;

/// Tables and views of others, which hold nothing of ours: PostGIS and the list of migrations.
const NOT_OURS: [&str; 4] = ["geography_columns", "geometry_columns", "seaql_migrations", "spatial_ref_sys"];

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_guarded_and_in_the_matrix() {
    let app = TestApp::demo().await;
    let superuser = app.database.superuser().await;
    let rows = sqlx::query(
        "select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity as guarded,
                exists (select from pg_policy where polrelid = c.oid and polname <> 'owner_all') as has_policy
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('public', 'app', 'reference', 'staging') and c.relkind in ('r', 'p', 'v', 'm', 'f')",
    )
    .fetch_all(&superuser)
    .await
    .expect("read");
    let known: BTreeSet<String> =
        TABLES.iter().map(|(name, _)| if name.contains('.') { (*name).to_owned() } else { format!("public.{name}") }).collect();
    let mut found = BTreeSet::new();
    for row in rows {
        let name: String = row.get("name");
        if NOT_OURS.iter().any(|other| name == format!("public.{other}")) {
            continue;
        }
        assert!(row.get::<bool, _>("guarded"), "{name}: row-level security is not enabled and forced");
        // Read by a definer function alone; the owner's own policy is all it has.
        assert!(
            row.get::<bool, _>("has_policy")
                || ["app.restore", "app.narrowing", "app.file_work", "public.sign_in_challenge", "public.oidc_request"]
                    .contains(&name.as_str()),
            "{name} has no policy"
        );
        found.insert(name);
    }
    assert_eq!(found, known, "tables, and tables of the matrix");

    let open: Vec<String> = sqlx::query_scalar(
        "select schemaname || '.' || tablename || ': ' || policyname from pg_policies
         where schemaname <> 'reference' and ('true' in (lower(btrim(qual, '() ')), lower(btrim(with_check, '() '))))",
    )
    .fetch_all(&superuser)
    .await
    .expect("read");
    assert_eq!(open, Vec::<String>::new(), "policies that let everything through");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_holds_more_than_their_role_asks() {
    let app = TestApp::demo().await;
    let superuser = app.database.superuser().await;
    let list = |sql: &'static str| sqlx::query_scalar::<_, String>(sql).fetch_all(&superuser);

    let public = list(
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
           where a.grantee = 0 and n.nspname in ('public', 'app', 'reference', 'staging', 'graphile_worker')
             and c.relname not in ('geometry_columns', 'geography_columns')
         union all
         select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
             aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
           where a.grantee = 0 and n.nspname in ('app', 'reference', 'staging')
         union all
         select nspname from pg_namespace n, aclexplode(n.nspacl) a
           where a.grantee = 0 and nspname in ('public', 'app', 'reference', 'staging', 'graphile_worker')
         union all
         select datname from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a where a.grantee = 0 and datname = current_database()",
    )
    .await
    .expect("read");
    assert_eq!(public, Vec::<String>::new(), "granted to PUBLIC");

    let strong = list("select rolname::text from pg_roles where rolname like 'terrein%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)").await.expect("read");
    assert_eq!(strong, Vec::<String>::new());
    let memberships = list("select r.rolname || ' in ' || g.rolname from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles g on g.oid = m.roleid where r.rolname like 'terrein%' order by 1")
        .await
        .expect("read");
    assert_eq!(
        memberships,
        ["terrein_backup in pg_read_all_data", "terrein_migrator in terrein_jobs", "terrein_migrator in terrein_owner"]
    );
    let owned = list("select c.relname::text from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('terrein_app', 'terrein_worker', 'terrein_releaser', 'terrein_backup')")
        .await
        .expect("read");
    assert_eq!(owned, Vec::<String>::new(), "objects of roles that own nothing");
    let created = list("select n.nspname::text from pg_namespace n where has_schema_privilege('terrein_app', n.oid, 'create') or has_database_privilege('terrein_app', current_database(), 'create, temporary')")
        .await
        .expect("read");
    assert_eq!(created, Vec::<String>::new(), "places where the application may make things");
    let queue = list("select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'graphile_worker' and c.relkind = 'r' and has_any_column_privilege('terrein_app', c.oid, 'select, insert, update')")
        .await
        .expect("read");
    assert_eq!(queue, Vec::<String>::new(), "tables of the queue the application reaches past app.enqueue");

    let definers = sqlx::query(
        "select p.proname::text as name, coalesce(array_to_string(p.proconfig, ' '), '') as settings, r.rolname::text as owner
         from pg_proc p join pg_roles r on r.oid = p.proowner
         where p.prosecdef and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1",
    )
    .fetch_all(&superuser)
    .await
    .expect("read");
    let names: Vec<String> = definers.iter().map(|row| row.get("name")).collect();
    assert_eq!(names, DEFINERS, "definer functions");
    for row in &definers {
        let (name, settings, owner): (String, String, String) = (row.get("name"), row.get("settings"), row.get("owner"));
        assert!(settings.starts_with("search_path=pg_catalog"), "{name}: {settings}");
        assert_eq!(owner, if name == "enqueue" { "terrein_jobs" } else { "terrein_owner" }, "{name}");
    }
}
