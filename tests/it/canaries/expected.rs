//! Who sees which canary at any door: the table "Who sees what" and the words of the audiences, written down by hand. Who is not in a row
//! does not see it, at no door.

/// One or several rows (`table:row`, `table:row.field`; the field goes before the row), and everybody who sees them.
pub type Row = (&'static [&'static str], &'static [&'static [&'static str]]);

/// Whoever looks: everybody of both terrains, two programs with a token, and the aanjager with the eyes of every role.
pub const LOOKERS: [&str; 28] = [
    "nobody",
    "aan",
    "ann",
    "ben",
    "own",
    "park",
    "lead",
    "muni",
    "grid",
    "prov",
    "part",
    "adm",
    "away",
    "buur",
    "muni2",
    "aan reads",
    "ann writes",
    "eyes anonymous",
    "eyes aanjager",
    "eyes entrepreneur",
    "eyes owner",
    "eyes park_manager",
    "eyes project_lead",
    "eyes municipality",
    "eyes grid_operator",
    "eyes province",
    "eyes partner",
    "eyes admin",
];

const NOBODY: &[&[&str]] = &[];
const EVERYBODY: &[&str] = &LOOKERS;
const AAN: &[&str] = &["aan", "aan reads"];
const ANN: &[&str] = &["ann", "ann writes"];
/// The team of the open terrain, with its own eyes too.
const TEAM: &[&str] = &["aan", "aan reads", "eyes aanjager"];
/// Who is shown who holds which role there.
const MANAGES_PEOPLE: &[&str] = &["aan", "eyes aanjager"];
/// Those who manage or lead it.
const LEADS: &[&str] = &["park", "lead", "eyes park_manager", "eyes project_lead"];
const MUNICIPALITY: &[&str] = &["muni", "eyes municipality"];
/// Companies and owners there.
const COMPANIES: &[&str] = &["ann", "ann writes", "ben", "own", "eyes entrepreneur", "eyes owner"];
const OTHER_COMPANIES: &[&str] = &["ben", "own", "eyes entrepreneur", "eyes owner"];
/// Everybody but Ann and her program.
const NOT_ANN: &[&str] = &[
    "nobody",
    "aan",
    "ben",
    "own",
    "park",
    "lead",
    "muni",
    "grid",
    "prov",
    "part",
    "adm",
    "away",
    "buur",
    "muni2",
    "aan reads",
    "eyes anonymous",
    "eyes aanjager",
    "eyes entrepreneur",
    "eyes owner",
    "eyes park_manager",
    "eyes project_lead",
    "eyes municipality",
    "eyes grid_operator",
    "eyes province",
    "eyes partner",
    "eyes admin",
];
/// Whose work is in the area: they see the place.
const AREA: &[&str] = &["eyes grid_operator", "eyes province", "eyes partner"];
/// On the closed terrain.
const ELSEWHERE: &[&str] = &["away", "buur"];
const ELSEWHERE_MUNICIPALITY: &[&str] = &["muni2"];
const ELSEWHERE_AREA: &[&str] = &["grid", "prov", "part"];
const MAIL: &[&str] = &["mail"];
const LINK: &[&str] = &["link"];

/// What somebody is given of what is held about them.
const ANN_EXPORT: &[&str] = &["export ann"];
const AAN_EXPORT: &[&str] = &["export aan"];
const BEN_EXPORT: &[&str] = &["export ben"];
const BUUR_EXPORT: &[&str] = &["export buur"];

pub const EXPECTED: &[Row] = &[
    // Places and public registers. That a parcel belongs to a closed terrain is for those who see the terrain.
    (&["terrain:here", "reference.municipality:here"], &[EVERYBODY]),
    (&["terrain:here.name"], &[EVERYBODY, MAIL, LINK]),
    (&["terrain:here.id"], &[EVERYBODY, &["export ann", "export ben", "export aan", "export buur", "socket"]]),
    (&["terrain:away.id"], &[ELSEWHERE, ELSEWHERE_MUNICIPALITY, ELSEWHERE_AREA, BUUR_EXPORT]),
    (&["terrain:away", "reference.municipality:away"], &[ELSEWHERE, ELSEWHERE_MUNICIPALITY, ELSEWHERE_AREA]),
    (&["plot:here-public", "building:here-public", "address:here-public", "infrastructure:here-public", "backdrop:ground"], &[EVERYBODY]),
    (&["plot:away-public", "building:away-public", "address:away-public", "infrastructure:away-public"], &[EVERYBODY]),
    (&["plot:here-terrain", "building:here-terrain", "address:here-terrain"], &[TEAM, LEADS, COMPANIES, MUNICIPALITY, AREA]),
    (&["infrastructure:here-terrain"], &[TEAM, LEADS, COMPANIES, MUNICIPALITY]),
    (&["plot:away-terrain", "building:away-terrain", "address:away-terrain"], &[ELSEWHERE, ELSEWHERE_MUNICIPALITY, ELSEWHERE_AREA]),
    (&["infrastructure:away-terrain"], &[ELSEWHERE, ELSEWHERE_MUNICIPALITY]),
    // Companies: not for grid operator and province, and a sole trader not for other companies.
    (&["company:plain.id"], &[TEAM, LEADS, COMPANIES, MUNICIPALITY, AAN_EXPORT, ANN_EXPORT]),
    (&["company:plain", "occupancy:plain", "company:ann", "occupancy:ann"], &[TEAM, LEADS, COMPANIES, MUNICIPALITY]),
    (&["company:shielded", "occupancy:shielded"], &[TEAM, LEADS, COMPANIES, MUNICIPALITY]),
    (&["company:shielded.street", "company:shielded.city", "company:shielded.geom"], NOBODY),
    (&["company:ben.id"], &[TEAM, LEADS, MUNICIPALITY, &["ben"], BEN_EXPORT, ANN_EXPORT]),
    (&["company:ben"], &[TEAM, LEADS, MUNICIPALITY, &["ben"], BEN_EXPORT]),
    (&["occupancy:ben"], &[TEAM, LEADS, MUNICIPALITY, &["ben"]]),
    (&["company:away.id"], &[ELSEWHERE, ELSEWHERE_MUNICIPALITY, BUUR_EXPORT]),
    (&["company:away", "occupancy:away"], &[ELSEWHERE, ELSEWHERE_MUNICIPALITY]),
    // People and organisations: oneself, colleagues, and the aanjager of the terrain.
    // A program is not told who they are.
    (&["person:aan", "membership:aan", "organisation:aan.id"], &[TEAM, AAN_EXPORT]),
    (&["organisation:aan.name"], &[TEAM]),
    (&["person:ann", "membership:ann"], &[MANAGES_PEOPLE, ANN, ANN_EXPORT]),
    (&["person:ann.name"], &[MANAGES_PEOPLE, ANN, ANN_EXPORT, MAIL, LINK]),
    (&["organisation:ann.id"], &[TEAM, ANN, ANN_EXPORT]),
    (&["organisation:ann.name"], &[TEAM, ANN, MAIL, LINK]),
    (&["person:ben", "membership:ben"], &[MANAGES_PEOPLE, &["ben"], BEN_EXPORT]),
    (&["organisation:ben.id"], &[TEAM, &["ben"], BEN_EXPORT]),
    (&["organisation:ben.name"], &[TEAM, &["ben"]]),
    (&["person:own", "membership:own"], &[MANAGES_PEOPLE, &["own"]]),
    (&["organisation:own"], &[TEAM, &["own"]]),
    (&["person:park", "membership:park"], &[MANAGES_PEOPLE, &["park"]]),
    (&["organisation:park"], &[TEAM, &["park"]]),
    (&["person:lead", "membership:lead"], &[MANAGES_PEOPLE, &["lead"]]),
    (&["organisation:lead"], &[TEAM, &["lead"]]),
    (&["person:muni", "organisation:muni", "membership:muni"], &[&["muni"]]),
    (&["person:grid", "organisation:grid", "membership:grid"], &[&["grid"]]),
    (&["person:prov", "organisation:prov", "membership:prov"], &[&["prov"]]),
    (&["person:adm", "organisation:adm", "membership:adm"], &[&["adm"]]),
    (&["person:part", "organisation:part", "membership:part"], &[&["part", "away"]]),
    (&["person:away", "organisation:away", "membership:away"], &[&["away"]]),
    (&["organisation:buur.name"], &[ELSEWHERE]),
    (&["person:buur", "organisation:buur.id", "membership:buur"], &[ELSEWHERE, BUUR_EXPORT]),
    (&["person:muni2", "organisation:muni2", "membership:muni2"], &[&["muni2"]]),
    // A mail address: its person alone.
    (&["person:aan.email"], &[AAN, AAN_EXPORT]),
    (&["person:ann.email"], &[ANN, ANN_EXPORT]),
    (&["person:ben.email"], &[&["ben"], BEN_EXPORT]),
    (&["person:own.email"], &[&["own"]]),
    (&["person:park.email"], &[&["park"]]),
    (&["person:lead.email"], &[&["lead"]]),
    (&["person:muni.email"], &[&["muni"]]),
    (&["person:grid.email"], &[&["grid"]]),
    (&["person:prov.email"], &[&["prov"]]),
    (&["person:part.email"], &[&["part"]]),
    (&["person:adm.email"], &[&["adm"]]),
    (&["person:away.email"], &[&["away"]]),
    (&["person:buur.email"], &[&["buur"], BUUR_EXPORT]),
    (&["person:muni2.email"], &[&["muni2"]]),
    // Issues, and what was said and done on them: the audience.
    (&["issue:me", "issue_comment:me", "issue_event:me"], &[ANN_EXPORT, ANN]),
    (&["issue:me-aan", "issue_comment:me-aan", "issue_event:me-aan"], &[AAN_EXPORT, AAN]),
    (&["issue:team", "issue_comment:team", "issue_event:team"], &[ANN_EXPORT, ANN]),
    (&["issue:team-aan", "issue_comment:team-aan", "issue_event:team-aan"], &[AAN_EXPORT, AAN]),
    (&["issue:parties", "issue_comment:parties", "issue_event:parties"], &[ANN_EXPORT, ANN, &["ben"]]),
    (&["issue:terrain", "issue_comment:terrain", "issue_event:terrain"], &[ANN_EXPORT, TEAM, LEADS, COMPANIES]),
    (&["issue:municipality", "issue_comment:municipality", "issue_event:municipality"], &[ANN_EXPORT, ANN, &["muni"]]),
    (&["issue:municipality-aan", "issue_comment:municipality-aan", "issue_event:municipality-aan"], &[AAN_EXPORT, AAN, MUNICIPALITY]),
    (&["issue:public.id"], &[EVERYBODY, ANN_EXPORT, AAN_EXPORT, BEN_EXPORT]),
    (&["issue:public", "issue_comment:public", "issue_event:public"], &[ANN_EXPORT, EVERYBODY]),
    (&["issue:away-team", "issue_comment:away-team", "issue_event:away-team"], &[BUUR_EXPORT, &["buur"]]),
    (&["issue:away-terrain", "issue_comment:away-terrain", "issue_event:away-terrain"], &[BUUR_EXPORT, ELSEWHERE]),
    (
        &["issue:away-public", "issue_comment:away-public", "issue_event:away-public"],
        &[ELSEWHERE, ELSEWHERE_MUNICIPALITY, ELSEWHERE_AREA, BUUR_EXPORT],
    ),
    // Where its maker stood, and what they took back.
    (
        &[
            "issue:me.device_geom",
            "issue:team.device_geom",
            "issue:parties.device_geom",
            "issue:terrain.device_geom",
            "issue:municipality.device_geom",
            "issue:public.device_geom",
            "issue:deleted",
            "issue_comment:deleted",
            "issue_event:deleted",
            "issue_comment:deleted-terrain",
        ],
        &[ANN_EXPORT],
    ),
    (&["issue:me-aan.device_geom", "issue:team-aan.device_geom", "issue:municipality-aan.device_geom"], &[AAN_EXPORT]),
    (
        &[
            "issue:away-team.device_geom",
            "issue:away-terrain.device_geom",
            "issue:away-public.device_geom",
            "issue_comment:deleted-away-terrain",
        ],
        &[BUUR_EXPORT],
    ),
    (&["gone:terrain"], &[TEAM, LEADS, COMPANIES]),
    // Photos: the team's, and who sees the issue once they were looked over. What lies where in the store, nobody is told; what the files in
    // these tests hold is the name they have there.
    (&["photo:me", "photo:team", "photo:unseen-public"], &[ANN, ANN_EXPORT]),
    (&["photo:public"], &[EVERYBODY, ANN_EXPORT]),
    (&["photo:parties"], &[ANN, ANN_EXPORT, &["ben"]]),
    (&["photo:terrain"], &[TEAM, LEADS, COMPANIES, ANN_EXPORT]),
    (&["photo:deleted.id"], &[TEAM, LEADS, COMPANIES, ANN_EXPORT]),
    (&["photo:deleted"], &[ANN_EXPORT]),
    (&["photo_file:team-me", "photo_file:team-team", "photo_file:team-public", "photo_file:team-unseen-public"], &[ANN]),
    (&["photo_file:team-parties", "photo_file:team-terrain"], &[ANN]),
    (&["photo_file:shown-me", "photo_file:shown-team", "photo_file:shown-unseen-public"], NOBODY),
    (&["photo_file:shown-public"], &[NOT_ANN]),
    (&["photo_file:shown-parties"], &[&["ben"]]),
    (&["photo_file:shown-terrain"], &[TEAM, LEADS, OTHER_COMPANIES]),
    (&["photo_file:team-deleted", "photo_file:shown-deleted"], NOBODY),
    // What was said on the spot: the team, whoever the issue is for.
    (&["voice_note:me", "voice_note:team", "voice_note:public", "voice_note:terrain"], &[ANN, ANN_EXPORT]),
    (&["voice_note:me.object", "voice_note:team.object", "voice_note:public.object", "voice_note:terrain.object"], &[ANN]),
    (&["voice_note:deleted.id"], &[ANN, ANN_EXPORT]),
    (&["voice_note:deleted.object"], NOBODY),
    (&["voice_note:deleted", "upload:ann"], &[ANN_EXPORT]),
    // Who would put in what: the party itself and the team.
    (&["support:ben"], &[TEAM, &["ben"], BEN_EXPORT]),
    (&["support:own"], &[TEAM, &["own"]]),
    (&["support:for-company"], &[TEAM, AAN_EXPORT]),
    (&["support:buur"], &[ELSEWHERE, BUUR_EXPORT]),
    // What was seen on the spot: the team, and nobody where the company is hidden from them.
    (&["observation:ann"], &[ANN, ANN_EXPORT]),
    (&["observation:aan"], &[AAN, AAN_EXPORT]),
    (&["observation:buur"], &[&["buur"], BUUR_EXPORT]),
    (&["observation:hidden", "observation:deleted"], &[ANN_EXPORT]),
    (&["observation:deleted.id"], &[ANN, ANN_EXPORT]),
    // Talks and promises: the team that held them, with its own eyes alone. A note on one: its author.
    (&["conversation:aan", "promise:aan", "private_note:aan"], &[AAN, AAN_EXPORT]),
    (&["conversation:muni", "promise:muni", "private_note:muni"], &[&["muni"]]),
    (&["conversation:away", "promise:away", "private_note:away"], &[&["away"]]),
    (&["conversation:deleted.id", "promise:deleted.id"], &[AAN, AAN_EXPORT]),
    (&["conversation:deleted", "promise:deleted", "private_note:deleted"], &[AAN_EXPORT]),
    // An invitation: whose it is, and the aanjager.
    (&["invitation:ann"], &[MANAGES_PEOPLE, &["ann"]]),
    (&["invitation:ann.id", "invitation:ann.message"], &[MANAGES_PEOPLE, &["ann"], ANN_EXPORT]),
    (&["invitation:buur"], &[ELSEWHERE]),
    (&["invitation:buur.id", "invitation:buur.message"], &[ELSEWHERE, BUUR_EXPORT]),
    (&["invitation:withdrawn.id", "invitation:withdrawn.message"], &[ANN_EXPORT]),
    (&["invitation:withdrawn", "invitation:ann.token", "invitation:buur.token", "invitation:withdrawn.token"], NOBODY),
    // One's account: oneself, and no program.
    (&["session:ann", "passkey:ann", "access_token:ann"], &[&["ann"], ANN_EXPORT]),
    (&["session:buur", "passkey:buur"], &[&["buur"], BUUR_EXPORT]),
    (&["access_token:aan"], &[&["aan"], AAN_EXPORT]),
    (&["oidc_identity:ann", "command_log:ann"], &[ANN_EXPORT]),
    (&["oidc_identity:buur", "command_log:buur"], &[BUUR_EXPORT]),
    // What was done: the organisation of whoever did it.
    (&["audit_event:ann"], &[&["ann"], ANN_EXPORT]),
    (&["audit_event:buur"], &[&["buur"], BUUR_EXPORT]),
    // A copy of what is gone has to go too: its id and no more, for those who could see it.
    (&["plot:deleted.id", "building:deleted.id", "address:deleted.id", "infrastructure:deleted.id"], &[EVERYBODY]),
    (&["company:deleted.id", "occupancy:deleted.id"], &[TEAM, LEADS, COMPANIES, MUNICIPALITY]),
    (&["issue:deleted.id", "issue_comment:deleted-terrain.id"], &[TEAM, LEADS, COMPANIES, ANN_EXPORT]),
    (&["issue_comment:deleted-away-terrain.id"], &[ELSEWHERE, BUUR_EXPORT]),
    (&["support:deleted.id"], &[TEAM, ANN, ANN_EXPORT]),
    (&["backdrop:ground.id"], NOBODY),
    (&["address:here-public.bag_id", "address:here-terrain.bag_id", "address:away-public.bag_id", "address:away-terrain.bag_id"], NOBODY),
    // What is gone, and what nobody is ever shown.
    (&["plot:deleted", "building:deleted", "address:deleted", "infrastructure:deleted", "backdrop:deleted", "terrain:deleted"], NOBODY),
    (&["company:deleted", "occupancy:deleted", "passkey:ann.credential", "passkey:buur.credential"], NOBODY),
    (&["secret", "import_run:one", "import_reject:one", "sign_in_link:stray", "sign_in_challenge:stray", "oidc_request:stray"], NOBODY),
];
