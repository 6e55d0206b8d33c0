//! The matrix itself is tried: each policy in turn is dropped, then widened to let everything through, and the matrix must notice. A
//! policy whose loss nobody notices is printed, and fails.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Row};
use terrein_tests::TestApp;

use super::{Scene, TABLES, become_person, flag};

/// A policy as the catalogue has it.
struct Policy {
    name: String,
    table: String,
    roles: String,
    command: String,
    using: Option<String>,
    check: Option<String>,
}

impl Policy {
    fn create(&self, using: Option<&str>, check: Option<&str>) -> String {
        let clause = |word: &str, rule: Option<&str>| rule.map(|rule| format!(" {word} ({rule})")).unwrap_or_default();
        let Self { name, table, roles, command, .. } = self;
        format!("create policy {name} on {table} for {command} to {roles}{}{}", clause("using", using), clause("with check", check))
    }

    fn drop(&self) -> String {
        format!("drop policy {} on {}", self.name, self.table)
    }

    /// Back as it was.
    fn restore(&self) -> String {
        self.create(self.using.as_deref(), self.check.as_deref())
    }

    fn widened(&self) -> String {
        let (using, check) = (self.using.as_ref().map(|_| "true"), self.check.as_ref().map(|_| "true"));
        format!("{}; {}", self.drop(), self.create(using, check))
    }
}

async fn policies(superuser: &PgPool) -> Vec<Policy> {
    let rows = sqlx::query(
        "select quote_ident(policyname) as name, schemaname, tablename, array_to_string(roles, ', ') as roles, cmd, qual, with_check
         from pg_policies where schemaname in ('public', 'app', 'reference') order by schemaname, tablename, policyname",
    )
    .fetch_all(superuser)
    .await
    .expect("read");
    rows.iter()
        .map(|row| {
            let (schema, table): (String, String) = (row.get("schemaname"), row.get("tablename"));
            Policy {
                name: row.get("name"),
                table: if schema == "public" { table } else { format!("{schema}.{table}") },
                roles: row.get("roles"),
                command: row.get("cmd"),
                using: row.get("qual"),
                check: row.get("with_check"),
            }
        })
        .collect()
}

/// Those who are no person: the program itself, as one of its roles, with and without its errand.
const SYSTEMS: [(&str, &str); 9] = [
    ("terrein_worker", ""),
    ("terrein_worker", "operator"),
    ("terrein_worker", "import"),
    ("terrein_importer", ""),
    ("terrein_importer", "import"),
    ("terrein_importer", "operator"),
    ("terrein_migrator", ""),
    ("terrein_jobs", ""),
    ("terrein_releaser", ""),
];

struct Systems {
    connections: Vec<(PgConnection, &'static str)>,
    /// As `terrein_owner`, which no connection is: definer functions are.
    owner: PgConnection,
}

impl Systems {
    async fn new(app: &TestApp) -> Self {
        let connect = async |options: PgConnectOptions| options.connect().await.expect("connects");
        let mut connections = Vec::new();
        for (role, errand) in SYSTEMS {
            connections.push((connect(app.database.options(role)).await, errand));
        }
        let mut owner = connect(app.database.roles().superuser.expect("a superuser")).await;
        sqlx::query("set role terrein_owner").execute(&mut owner).await.expect("set");
        Self { connections, owner }
    }

    /// Rows of a table each sees, removes and touches, where it may at all; and whether it adds one again that is there.
    async fn line(&mut self, table: &str) -> String {
        let mut cells = Vec::new();
        for (connection, errand) in &mut self.connections {
            let mut transaction = connection.begin().await.expect("a transaction");
            sqlx::query("select set_config('app.system', $1, true)").bind(*errand).execute(&mut *transaction).await.expect("set");
            cells.push(probe(&mut transaction, table).await);
            // Now, and not when the connection is used again: one that idles in a transaction is ended.
            transaction.rollback().await.expect("taken back");
        }
        let mut transaction = self.owner.begin().await.expect("a transaction");
        cells.push(probe(&mut transaction, table).await);
        transaction.rollback().await.expect("taken back");
        cells.join(" ")
    }
}

/// What somebody may do with a table and what comes of it: rows, or the database's code for why not.
async fn probe(connection: &mut PgConnection, table: &str) -> String {
    let schema = table.split_once('.').map_or("public", |(schema, _)| schema);
    if !flag(connection, format!("select has_schema_privilege('{schema}', 'usage')")).await {
        return String::new();
    }
    let columns = async |connection: &mut PgConnection, privilege: &str| -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(format!(
            "select quote_ident(attname::text) from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
               and attgenerated = '' and has_column_privilege('{table}', attnum, '{privilege}') order by attnum"
        )))
        .fetch_all(connection)
        .await
        .expect("read")
    };
    let (read, changed, added) =
        (columns(connection, "select").await, columns(connection, "update").await, columns(connection, "insert").await);
    let mut tries = Vec::new();
    if let Some(column) = read.first() {
        tries.push(format!("select {column} from {table}"));
    }
    if let Some(column) = changed.first() {
        tries.push(format!("update {table} set {column} = {column}"));
    }
    if added.len() > 1 && read.len() >= added.len() {
        // A row that is there already: past the policies it fails on its key.
        let list = added.join(", ");
        tries.push(format!("insert into {table} ({list}) select {list} from {table} limit 1"));
    }
    if flag(connection, format!("select has_table_privilege('{table}', 'delete')")).await {
        tries.push(format!("delete from {table}"));
    }
    let mut cells = Vec::new();
    for sql in tries {
        cells.push(outcome(connection, &sql).await);
    }
    cells.join("/")
}

/// Tries a statement and takes it back: rows, or the database's code for why not.
async fn outcome(connection: &mut PgConnection, sql: &str) -> String {
    sqlx::query("savepoint attempt").execute(&mut *connection).await.expect("a savepoint");
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut *connection).await;
    sqlx::query("rollback to savepoint attempt").execute(&mut *connection).await.expect("taken back");
    match done {
        Ok(done) => done.rows_affected().to_string(),
        Err(error) => error.as_database_error().and_then(|error| error.code()).unwrap_or_else(|| panic!("{error}: {sql}")).into_owned(),
    }
}

/// What a table shows to people: its lines of the matrix, and what they change without looking.
async fn people(scene: &Scene, table: &str) -> String {
    let column = TABLES.iter().find(|(name, _)| *name == table).expect("in the matrix").1;
    let mut lines: Vec<String> = scene.lines(table, column).await.into_iter().map(|(_, line)| line).collect();
    if let Some(column) = column {
        for person in &scene.people {
            let mut transaction = become_person(&scene.pool, person).await;
            lines.push(blind(&mut transaction, table, column).await);
        }
    }
    lines.join("\n")
}

/// Changes rows without reading them: what may be seen does not come to the help of what may be changed.
async fn blind(connection: &mut PgConnection, table: &str, column: &str) -> String {
    let kind: String = sqlx::query_scalar(AssertSqlSafe(format!(
        "select format_type(atttypid, null) from pg_attribute where attrelid = '{table}'::regclass and attname = '{column}'"
    )))
    .fetch_one(&mut *connection)
    .await
    .expect("read");
    let value = match kind.as_str() {
        "text" => "'x'",
        "jsonb" => "'null'",
        "integer" => "1",
        _ => "null",
    };
    outcome(connection, &format!("update {table} set {column} = {value}")).await
}

async fn change(superuser: &PgPool, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(superuser).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_policy_can_be_dropped_or_widened_unseen() {
    let app = TestApp::demo().await;
    let superuser = app.database.superuser().await;
    let scene = Scene::new(&app, &superuser).await;
    let mut systems = Systems::new(&app).await;
    let mut before = BTreeMap::new();
    for (table, _) in TABLES {
        before.insert(table, (people(&scene, table).await, systems.line(table).await));
    }
    let mut survivors = Vec::new();
    let all = policies(&superuser).await;
    assert!(all.len() > 60, "{} policies", all.len());
    for policy in &all {
        for (what, mutant) in [("dropped", policy.drop()), ("widened", policy.widened())] {
            if what == "widened" && policy.using.as_deref() == Some("true") {
                continue; // a national register: everybody reads it already
            }
            change(&superuser, mutant).await;
            // Its own table first, and those it is for; what it carries elsewhere only when that tells nothing.
            let (table, of_people) = (policy.table.as_str(), policy.roles.contains("terrein_app"));
            let mut caught =
                if of_people { before[table].0 != people(&scene, table).await } else { before[table].1 != systems.line(table).await };
            for (table, _) in TABLES {
                if caught {
                    break;
                }
                caught = before[table].0 != people(&scene, table).await || before[table].1 != systems.line(table).await;
            }
            let back = if what == "dropped" { policy.restore() } else { format!("{}; {}", policy.drop(), policy.restore()) };
            change(&superuser, back).await;
            if !caught {
                survivors.push(format!("{} on {} for {}: {what}", policy.name, policy.table, policy.command));
            }
        }
    }
    assert_eq!(survivors, Vec::<String>::new(), "changes of policies that nobody would notice");
}
