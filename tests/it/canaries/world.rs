//! Two terrains with everybody on them, and in every table rows whose words, numbers and places stand nowhere else: the canaries. Each value
//! is known by `table:row.field`; `expected.rs` says who meets it.

use std::collections::BTreeMap;

use terrein_shared::id::new_id;
use terrein_tests::TestApp;
use uuid::Uuid;

mod files;

/// Somebody, the kind of their organisation, their role and the terrain it is held on.
pub const PEOPLE: [(&str, &str, &str, Option<&str>); 14] = [
    ("aan", "programme", "aanjager", Some("here")),
    ("ann", "company", "entrepreneur", Some("here")),
    ("ben", "company", "entrepreneur", Some("here")),
    ("own", "owner", "owner", Some("here")),
    ("park", "park_management", "park_manager", Some("here")),
    ("lead", "partner", "project_lead", Some("here")),
    ("muni", "municipality", "municipality", None),
    ("grid", "grid_operator", "grid_operator", None),
    ("prov", "province", "province", None),
    ("part", "partner", "partner", Some("away")),
    ("adm", "operator", "admin", None),
    ("away", "programme", "aanjager", Some("away")),
    ("buur", "company", "entrepreneur", Some("away")),
    ("muni2", "municipality", "municipality", None),
];

/// Name, terrain, author, audience.
pub const ISSUES: [(&str, &str, &str, &str); 12] = [
    ("me", "here", "ann", "me"),
    ("me-aan", "here", "aan", "me"),
    ("team", "here", "ann", "team"),
    ("team-aan", "here", "aan", "team"),
    ("parties", "here", "ann", "parties"),
    ("terrain", "here", "ann", "terrain"),
    ("municipality", "here", "ann", "municipality"),
    ("municipality-aan", "here", "aan", "municipality"),
    ("public", "here", "ann", "public"),
    ("away-team", "away", "buur", "team"),
    ("away-terrain", "away", "buur", "terrain"),
    ("away-public", "away", "buur", "public"),
];

/// Degrees between two canaries: 14 m, so that a place is told from the next in a tile.
const STEP: f64 = 0.000_2;
/// Latitude of all of them, EPSG:4326.
const LATITUDE: f64 = 51.804_300_7;

/// A value that stands nowhere else.
#[derive(Debug, Clone)]
pub struct Needle {
    pub key: String,
    pub text: String,
    /// Longitude and latitude, of a place.
    pub place: Option<[f64; 2]>,
}

#[derive(Default)]
pub struct World {
    pub needles: Vec<Needle>,
    ids: BTreeMap<String, Uuid>,
    sql: Vec<String>,
}

impl World {
    /// The id of a row, minted when it is first asked for.
    pub fn id(&mut self, row: &str) -> Uuid {
        if let Some(id) = self.ids.get(row) {
            return *id;
        }
        let id = new_id();
        self.ids.insert(row.to_owned(), id);
        self.add(format!("{row}.id"), id.to_string(), None);
        id
    }

    /// The id of a row that the server made.
    pub fn learn(&mut self, row: &str, id: Uuid) {
        self.ids.insert(row.to_owned(), id);
        self.add(format!("{row}.id"), id.to_string(), None);
    }

    /// The id of a row that is there.
    pub fn known(&self, row: &str) -> Uuid {
        self.ids[row]
    }

    pub fn all(&self) -> impl Iterator<Item = (&String, &Uuid)> {
        self.ids.iter()
    }

    /// Rows of one table, by name.
    pub fn rows(&self, table: &str) -> impl Iterator<Item = (&String, &Uuid)> {
        self.ids.iter().filter(move |(row, _)| row.split(':').next() == Some(table))
    }

    pub fn text(&self, key: &str) -> &str {
        &self.needles.iter().find(|needle| needle.key == key).unwrap_or_else(|| panic!("no canary {key}")).text
    }

    pub fn add(&mut self, key: String, text: String, place: Option<[f64; 2]>) {
        self.needles.push(Needle { key, text, place });
    }

    /// A word: letters alone, so that it is one in any language and for any search.
    pub fn word(&mut self, row: &str, field: &str) -> String {
        let (mut number, mut letters) = (self.needles.len(), String::new());
        for _ in 0..3 {
            letters.push(char::from(b'a' + u8::try_from(number % 20).expect("a letter")));
            number /= 20;
        }
        let word = format!("knr{letters}zz");
        self.add(format!("{row}.{field}"), word.clone(), None);
        word
    }

    fn digits(&mut self, row: &str, field: &str, length: usize) -> String {
        let text = format!("{}{:04}", "7".repeat(length - 4), 1_000 + self.needles.len());
        self.add(format!("{row}.{field}"), text.clone(), None);
        text
    }

    fn place(&mut self, row: &str, field: &str) -> [f64; 2] {
        let count = self.needles.iter().filter(|needle| needle.place.is_some()).count();
        let longitude = STEP.mul_add(f64::from(u32::try_from(count).expect("a few")), 5.080_000_7);
        self.add(format!("{row}.{field}"), format!("{longitude:.7}"), Some([longitude, LATITUDE]));
        [longitude, LATITUDE]
    }

    fn point(&mut self, row: &str) -> String {
        let [x, y] = self.place(row, "geom");
        format!("'SRID=4326;POINT({x:.7} {y:.7})'")
    }

    /// An area with the canary as its first corner; the others have no seventh decimal.
    fn area(&mut self, row: &str) -> String {
        let [x, y] = self.place(row, "geom");
        let (east, north) = (x - 0.000_000_7 + STEP / 2.0, y - 0.000_000_7 + STEP / 2.0);
        let west = x - 0.000_000_7;
        format!(
            "'SRID=4326;MULTIPOLYGON((({x:.7} {y:.7}, {east:.6} {:.6}, {east:.6} {north:.6}, {west:.6} {north:.6}, {x:.7} {y:.7})))'",
            y - 0.000_000_7
        )
    }

    fn run(&mut self, sql: String) {
        self.sql.push(sql);
    }

    /// Lays everything down.
    pub async fn plant(app: &TestApp) -> Self {
        let mut world = Self::default();
        world.places();
        world.people();
        world.registers();
        world.companies();
        world.issues();
        world.observations();
        world.talks();
        world.files();
        world.accounts();
        world.insides();
        for sql in std::mem::take(&mut world.sql) {
            app.sql(&sql).await;
        }
        // What lies in the store holds its own name.
        for Needle { key, text, .. } in world.needles.iter().filter(|needle| needle.key.ends_with(".object")) {
            let folder = if key.starts_with("photo") { "photo" } else { "voice-note" };
            app.app.files.store.put(&format!("{folder}/{text}"), text.clone().into_bytes().into()).await.expect("put");
        }
        world
    }

    fn places(&mut self) {
        for (name, code, audience) in [("here", "GM9901", "public"), ("away", "GM9902", "terrain")] {
            let row = format!("terrain:{name}");
            let municipality = format!("reference.municipality:{name}");
            let (town, named) = (self.word(&municipality, "name"), self.word(&row, "name"));
            self.run(format!(
                "insert into reference.municipality (code, name, province_code) values ('{code}', '{town}', '{}')",
                if name == "away" { "PV02" } else { "PV01" }
            ));
            let (id, locality, ibis, source) =
                (self.id(&row), self.word(&row, "locality"), self.word(&row, "ibis_number"), self.word(&row, "source_id"));
            let geom = self.area(&row);
            self.run(format!(
                "insert into terrain (id, name, locality, ibis_number, audience, source, source_id, geom)
                 values ('{id}', '{named}', '{locality}', '{ibis}', '{audience}', 'canary', '{source}', {geom})"
            ));
            self.run(format!("insert into terrain_municipality (terrain_id, municipality_code) values ('{id}', '{code}')"));
        }
        let (id, name, geom) = (self.id("terrain:deleted"), self.word("terrain:deleted", "name"), self.area("terrain:deleted"));
        self.run(format!("insert into terrain (id, name, audience, geom, deleted_at) values ('{id}', '{name}', 'public', {geom}, now())"));
    }

    fn people(&mut self) {
        for (name, kind, role, terrain) in PEOPLE {
            let (row, org) = (format!("person:{name}"), format!("organisation:{name}"));
            let (id, called, email) = (self.id(&row), self.word(&row, "name"), self.word(&row, "email"));
            self.run(format!("insert into person (id, name, email) values ('{id}', '{called}', '{email}@canary.example')"));
            let (organisation, company) = (self.id(&org), self.word(&org, "name"));
            let code = match name {
                "muni" => "'GM9901'",
                "muni2" => "'GM9902'",
                _ => "null",
            };
            let province = if name == "prov" { "'PV02'" } else { "null" };
            // The grid operator works on the closed terrain.
            let area = if name == "grid" {
                format!("(select geom from terrain where id = '{}')", self.id("terrain:away"))
            } else {
                "null".to_owned()
            };
            self.run(format!(
                "insert into organisation (id, kind, name, municipality_code, province_code, service_area)
                 values ('{organisation}', '{kind}', '{company}', {code}, {province}, {area})"
            ));
            let terrain = terrain.map_or("null".to_owned(), |terrain| format!("'{}'", self.id(&format!("terrain:{terrain}"))));
            let membership = self.id(&format!("membership:{name}"));
            self.run(format!(
                "insert into membership (id, person_id, organisation_id, terrain_id, role) values ('{membership}', '{id}', '{organisation}', {terrain}, '{role}')"
            ));
        }
    }

    /// What comes from public registers, each once as the register has it and once for the terrain alone.
    fn registers(&mut self) {
        for (name, terrain, audience, gone) in [
            ("here-public", "here", "public", false),
            ("here-terrain", "here", "terrain", false),
            ("away-public", "away", "public", false),
            ("away-terrain", "away", "terrain", false),
            ("deleted", "here", "public", true),
        ] {
            let on = self.id(&format!("terrain:{terrain}"));
            let deleted = if gone { "now()" } else { "null" };
            let row = format!("plot:{name}");
            let (plot, town, source, geom) =
                (self.id(&row), self.word(&row, "cadastral_municipality"), self.word(&row, "source_id"), self.area(&row));
            self.run(format!(
                "insert into plot (id, terrain_id, cadastral_municipality, section, number, audience, source, source_id, geom, deleted_at)
                 values ('{plot}', '{on}', '{town}', 'K', '1', '{audience}', 'canary', '{source}', {geom}, {deleted})"
            ));
            let row = format!("building:{name}");
            let (building, bag, status, uses, geom) =
                (self.id(&row), self.digits(&row, "bag_id", 16), self.word(&row, "status"), self.word(&row, "uses"), self.area(&row));
            self.run(format!(
                "insert into building (id, terrain_id, plot_id, bag_id, status, uses, audience, geom, deleted_at)
                 values ('{building}', '{on}', '{plot}', '{bag}', '{status}', '{{{uses}}}', '{audience}', {geom}, {deleted})"
            ));
            let row = format!("address:{name}");
            let (address, bag, street, town, geom) =
                (self.id(&row), self.digits(&row, "bag_id", 16), self.word(&row, "street"), self.word(&row, "city"), self.point(&row));
            self.run(format!(
                "insert into address (id, terrain_id, building_id, bag_id, street, house_number, city, audience, geom, deleted_at)
                 values ('{address}', '{on}', '{building}', '{bag}', '{street}', 1, '{town}', '{audience}', {geom}, {deleted})"
            ));
            let row = format!("infrastructure:{name}");
            let (work, called, owner, geom) = (self.id(&row), self.word(&row, "name"), self.word(&row, "owner"), self.point(&row));
            self.run(format!(
                "insert into infrastructure (id, terrain_id, kind, name, owner, audience, geom, deleted_at)
                 values ('{work}', '{on}', 'camera', '{called}', '{owner}', '{audience}', {geom}, {deleted})"
            ));
        }
        for (name, deleted) in [("ground", "null"), ("deleted", "now()")] {
            let row = format!("backdrop:{name}");
            let (id, called, geom) = (self.id(&row), self.word(&row, "name"), self.area(&row));
            self.run(format!(
                "insert into backdrop (id, kind, name, geom, deleted_at) values ('{id}', 'water', '{called}', {geom}, {deleted})"
            ));
        }
    }

    /// One of nobody's, one whose owner is here, a sole trader's, one whose address is shielded, one of the other terrain, one that is gone.
    fn companies(&mut self) {
        for (name, terrain, of, sole, shielded, gone) in [
            ("plain", "here", None, false, false, false),
            ("ann", "here", Some("ann"), false, false, false),
            ("ben", "here", Some("ben"), true, false, false),
            ("shielded", "here", None, false, true, false),
            ("away", "away", Some("buur"), false, false, false),
            ("deleted", "here", None, false, false, true),
        ] {
            let row = format!("company:{name}");
            let on = self.id(&format!("terrain:{terrain}"));
            let organisation = of.map_or("null".to_owned(), |of| format!("'{}'", self.id(&format!("organisation:{of}"))));
            let (id, called, kvk, establishment) =
                (self.id(&row), self.word(&row, "name"), self.digits(&row, "kvk_number", 8), self.digits(&row, "establishment_number", 12));
            let (street, city, geom) = (self.word(&row, "street"), self.word(&row, "city"), self.point(&row));
            let deleted = if gone { "now()" } else { "null" };
            self.run(format!(
                "insert into company (id, terrain_id, organisation_id, name, kvk_number, establishment_number, street, house_number, city, sole_trader,
                   address_shielded, geom, deleted_at)
                 values ('{id}', '{on}', {organisation}, '{called}', '{kvk}', '{establishment}', '{street}', 1, '{city}', {sole}, {shielded}, {geom}, {deleted})"
            ));
            let (occupancy, plot) = (self.id(&format!("occupancy:{name}")), self.id(&format!("plot:{terrain}-public")));
            self.run(format!(
                "insert into occupancy (id, terrain_id, company_id, plot_id, kind, linked_by, deleted_at)
                 values ('{occupancy}', '{on}', '{id}', '{plot}', 'rents', 'import', {deleted})"
            ));
        }
    }

    fn issues(&mut self) {
        let gone = ("deleted", "here", "ann", "terrain");
        for (name, terrain, author, audience) in ISSUES.into_iter().chain([gone]) {
            let (row, deleted) = (format!("issue:{name}"), if name == "deleted" { "now()" } else { "null" });
            let (id, on) = (self.id(&row), self.id(&format!("terrain:{terrain}")));
            let (person, organisation) = (self.id(&format!("person:{author}")), self.id(&format!("organisation:{author}")));
            let (title, description, label) = (self.word(&row, "title"), self.word(&row, "description"), self.word(&row, "place_label"));
            let geom = self.point(&row);
            let [x, y] = self.place(&row, "device_geom");
            self.run(format!(
                "insert into issue (id, terrain_id, kind, theme, title, description, place_label, audience, author_id, organisation_id, reporter_role, geom,
                   device_geom, reported_at, deleted_at)
                 values ('{id}', '{on}', 'problem', 'other', '{title}', '{description}', '{label}', '{audience}', '{person}', '{organisation}',
                   (select role from membership where person_id = '{person}'), {geom}, 'SRID=4326;POINT({x:.7} {y:.7})', now(), {deleted})"
            ));
            for (kind, comment) in [("", "null"), ("deleted-", "now()")] {
                if !kind.is_empty() && !name.ends_with("terrain") {
                    continue;
                }
                let said = format!("issue_comment:{kind}{name}");
                let (comment_id, text) = (self.id(&said), self.word(&said, "text"));
                self.run(format!(
                    "insert into issue_comment (id, issue_id, terrain_id, author_id, organisation_id, author_role, text, written_at, deleted_at)
                     select '{comment_id}', '{id}', '{on}', '{person}', '{organisation}', role, '{text}', now(), {comment} from membership where person_id = '{person}'"
                ));
            }
            let event = format!("issue_event:{name}");
            let (event_id, reason) = (self.id(&event), self.word(&event, "reason"));
            self.run(format!(
                "insert into issue_event (id, issue_id, terrain_id, kind, actor_id, actor_role, details, happened_at)
                 select '{event_id}', '{id}', '{on}', 'state_changed', '{person}', role, jsonb_build_object('reason', '{reason}', 'to', 'open'), now()
                 from membership where person_id = '{person}'"
            ));
        }
        let named = (self.id("issue:parties"), self.id("company:ben"), self.id("terrain:here"));
        self.run(format!(
            "insert into issue_party (issue_id, company_id, terrain_id) values ('{}', '{}', '{}')",
            named.0, named.1, named.2
        ));
        for (name, issue, terrain, of, who, deleted) in [
            ("ben", "public", "here", "organisation:ben", "ben", "null"),
            ("own", "terrain", "here", "organisation:own", "own", "null"),
            ("for-company", "public", "here", "company:plain", "aan", "null"),
            ("buur", "away-public", "away", "organisation:buur", "buur", "null"),
            ("deleted", "public", "here", "organisation:ann", "ann", "now()"),
        ] {
            let column = if of.starts_with("company") { "company_id" } else { "organisation_id" };
            let ids =
                [format!("support:{name}"), format!("issue:{issue}"), format!("terrain:{terrain}"), of.to_owned(), format!("person:{who}")]
                    .map(|row| self.id(&row));
            self.run(format!(
                "insert into support (id, issue_id, terrain_id, {column}, person_id, willingness, given_at, deleted_at)
                 values ('{}', '{}', '{}', '{}', '{}', 'money', now(), {deleted})",
                ids[0], ids[1], ids[2], ids[3], ids[4]
            ));
        }
        // What those of the terrain could see once.
        let (subject, on) = (self.id("gone:terrain"), self.id("terrain:here"));
        let (person, organisation) = (self.id("person:ann"), self.id("organisation:ann"));
        self.run(format!(
            "insert into gone (terrain_id, kind, subject_id, audience, organisation_id, author_id) values ('{on}', 'issue', '{subject}', 'terrain', '{organisation}', '{person}')"
        ));
    }

    /// By the team of each terrain, one at a company that its maker sees no more, and one that was taken back.
    fn observations(&mut self) {
        for (name, terrain, author, company, gone) in [
            ("ann", "here", "ann", "plain", false),
            ("aan", "here", "aan", "plain", false),
            ("buur", "away", "buur", "away", false),
            ("hidden", "here", "ann", "ben", false),
            ("deleted", "here", "ann", "plain", true),
        ] {
            let row = format!("observation:{name}");
            let (id, answer) = (self.id(&row), self.word(&row, "answer"));
            let ids =
                [format!("terrain:{terrain}"), format!("company:{company}"), format!("person:{author}"), format!("organisation:{author}")]
                    .map(|row| self.id(&row));
            let deleted = if gone { "now()" } else { "null" };
            self.run(format!(
                "insert into observation (id, terrain_id, company_id, question, answer, seen_at, author_id, organisation_id, author_role, created_at, deleted_at)
                 select '{id}', '{}', '{}', 'company_activity', '{answer}', now(), '{}', '{}', role, now(), {deleted} from membership where person_id = '{}'",
                ids[0], ids[1], ids[2], ids[3], ids[2]
            ));
        }
    }

    /// What teams heard and promised, each with a note of its author's.
    fn talks(&mut self) {
        for (name, terrain, author, company, deleted) in [
            ("aan", "here", "aan", Some("plain"), "null"),
            ("muni", "here", "muni", None, "null"),
            ("away", "away", "away", None, "null"),
            ("deleted", "here", "aan", None, "now()"),
        ] {
            let (row, on) = (format!("conversation:{name}"), self.id(&format!("terrain:{terrain}")));
            let (person, organisation) = (self.id(&format!("person:{author}")), self.id(&format!("organisation:{author}")));
            let id = self.id(&row);
            let party = match company {
                Some(company) => format!("'{}', null", self.id(&format!("company:{company}"))),
                None => format!("null, '{}'", self.word(&row, "other_party")),
            };
            let [situation, needs, vision, attendee] = ["situation", "needs", "vision", "attendees"].map(|field| self.word(&row, field));
            self.run(format!(
                "insert into conversation (id, terrain_id, company_id, other_party, held_on, situation, needs, vision, attendees, author_id, organisation_id,
                   author_role, created_at, deleted_at)
                 select '{id}', '{on}', {party}, '2026-11-20', '{situation}', '{needs}', '{vision}', array['{attendee}'], '{person}', '{organisation}',
                   role, now(), {deleted} from membership where person_id = '{person}'"
            ));
            let note = self.word(&format!("private_note:{name}"), "text");
            self.run(format!(
                "insert into private_note (conversation_id, author_id, text, written_at) values ('{id}', '{person}', '{note}', now())"
            ));
            let row = format!("promise:{name}");
            let (promise, words, geom) = (self.id(&row), self.word(&row, "text"), self.point(&row));
            self.run(format!(
                "insert into promise (id, terrain_id, conversation_id, text, owned_by, due_on, geom, author_id, organisation_id, author_role, created_at, deleted_at)
                 select '{promise}', '{on}', '{id}', '{words}', 'us', '2026-12-01', {geom}, '{person}', '{organisation}', role, now(), {deleted}
                 from membership where person_id = '{person}'"
            ));
        }
    }

    /// What is of somebody's account. A session's device is set when somebody has one.
    fn accounts(&mut self) {
        for (name, inviter, terrain, withdrawn) in
            [("ann", "ann", "here", "null"), ("buur", "buur", "away", "null"), ("withdrawn", "ann", "here", "now()")]
        {
            let row = format!("invitation:{name}");
            let (id, email, called, message) =
                (self.id(&row), self.word(&row, "email"), self.word(&row, "name"), self.word(&row, "message"));
            let ids =
                [format!("organisation:{inviter}"), format!("terrain:{terrain}"), format!("person:{inviter}")].map(|row| self.id(&row));
            let token = self.word(&row, "token");
            let hash = terrein::access::caller::SessionHash::of_token(&token).hex();
            self.run(format!(
                "insert into invitation (id, email, name, organisation_id, terrain_id, role, message, inviter_id, token_hash, withdrawn_at)
                 values ('{id}', '{email}@canary.example', '{called}', '{}', '{}', 'entrepreneur', '{message}', '{}', '\\x{hash}', {withdrawn})",
                ids[0], ids[1], ids[2]
            ));
        }
        for name in ["ann", "buur"] {
            let person = self.id(&format!("person:{name}"));
            let (id, called, state) = (
                self.id(&format!("passkey:{name}")),
                self.word(&format!("passkey:{name}"), "name"),
                self.word(&format!("passkey:{name}"), "credential"),
            );
            self.run(format!(
                "insert into passkey (id, person_id, credential_id, credential, name, created_at)
                 values ('{id}', '{person}', sha256('{id}'), '{{\"key\": \"{state}\"}}', '{called}', now())"
            ));
            let subject = self.word(&format!("oidc_identity:{name}"), "subject");
            self.run(format!(
                "insert into oidc_identity (issuer, subject, person_id, created_at, last_used_at) values ('canary', '{subject}', '{person}', now(), now())"
            ));
            let outcome = self.word(&format!("command_log:{name}"), "outcome");
            self.run(format!(
                "insert into command_log (person_id, command_id, content_hash, outcome) values ('{person}', gen_random_uuid(), '\\x00', '\"{outcome}\"')"
            ));
            let organisation = self.id(&format!("organisation:{name}"));
            let outcome = self.word(&format!("audit_event:{name}"), "outcome");
            self.run(format!("insert into audit_subject (person_id) values ('{person}') on conflict do nothing"));
            self.run(format!(
                "insert into audit_event (seq, at, actor_kind, actor, actor_organisation_id, action, organisations, result, request_id, details)
                 select nextval('app.audit_seq'), now(), 'person', pseudonym, '{organisation}', 'canary', array['{organisation}'::uuid], 'done', gen_random_uuid(),
                   jsonb_build_object('outcome', '{outcome}') from audit_subject where person_id = '{person}'"
            ));
            self.run(format!("insert into audit_reader (organisation_id, seq) select '{organisation}', max(seq) from audit_event"));
        }
    }

    /// What no door of anybody shows.
    fn insides(&mut self) {
        let (email, provider) = (self.word("sign_in_link:stray", "email"), self.word("oidc_request:stray", "provider"));
        self.run(format!(
            "insert into sign_in_link (id, email, token_hash, created_at, expires_at) values (gen_random_uuid(), '{email}@canary.example', 'canary', now(), now() + interval '1 hour')"
        ));
        self.run(format!("insert into oidc_request (state_hash, browser_hash, provider, expires_at) values ('a', 'b', '{provider}', now() + interval '1 hour')"));
        let state = self.word("sign_in_challenge:stray", "state");
        self.run(format!(
            "insert into sign_in_challenge (id, kind, state, expires_at) values (gen_random_uuid(), 'sign_in', '{{\"x\": \"{state}\"}}', now() + interval '1 hour')"
        ));
        let (run, file) = (self.id("import_run:one"), self.word("import_run:one", "file_name"));
        let (reason, detail) = (self.word("import_reject:one", "reason"), self.word("import_reject:one", "detail"));
        self.run(format!("insert into import_run (id, source, file_name, licence) values ('{run}', 'canary', '{file}', 'canary')"));
        self.run(format!("insert into import_reject (import_run_id, row_number, reason, detail) values ('{run}', 1, '{reason}', '{{\"x\": \"{detail}\"}}')"));
    }
}
