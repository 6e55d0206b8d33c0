//! What is asked at which door. A route, a root field, a layer, a thing of the graph or a table that is in none of these lists fails.

/// How a route is tried.
#[derive(Debug, Clone, Copy)]
pub enum Door {
    /// Every question there is.
    Graph,
    /// Every layer there is.
    Tiles,
    /// Each part of what can be taken along.
    Packs,
    Get(&'static str),
    /// By a visitor and one person: who asks for a way in is counted.
    Way(&'static str),
    Post(&'static str, &'static str),
    /// What is held about oneself, all of it.
    Export,
    Socket,
    /// What the holder of an invitation's link is shown.
    Invitation,
    Metrics,
    /// Every photo or voice note that was planted, by its id.
    Files(&'static str, &'static str),
}

const LAYERS: &str = "/tiles/backdrop,terrain,plot,building,infrastructure,address,company,issue.json";
const NO_TOKEN: &str = r#"{"token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
const NO_PASSKEY: &str = r#"{"id": "01900000-0000-7000-8000-000000000001", "credential": {}}"#;

pub const ROUTES: [(&str, &[Door]); 32] = [
    ("/graphql", &[Door::Graph, Door::Get("/graphql?query=%7Bviewer%7Bname%20email%7D%7D")]),
    ("/graphql/ws", &[Door::Socket]),
    ("/schema.graphql", &[Door::Get("/schema.graphql")]),
    ("/tiles/{layers}/{z}/{x}/{y}", &[Door::Tiles]),
    ("/tiles/{file}", &[Door::Get(LAYERS)]),
    ("/packs/{terrain}", &[Door::Packs]),
    // With the list of parts.
    ("/packs/{terrain}/{part}", &[]),
    ("/sign-in/request", &[Door::Post("/sign-in/request", r#"{"email": "nobody@elsewhere.example"}"#)]),
    ("/sign-in/code", &[Door::Post("/sign-in/code", r#"{"email": "nobody@elsewhere.example", "code": "000000"}"#)]),
    ("/sign-in/link/{token}", &[Door::Way("/sign-in/link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]),
    ("/sign-in/link", &[Door::Post("/sign-in/link", NO_TOKEN)]),
    ("/sign-in/out", &[Door::Way("/sign-in/out")]),
    ("/sign-in/passkey/options", &[Door::Post("/sign-in/passkey/options", "{}")]),
    ("/sign-in/passkey", &[Door::Post("/sign-in/passkey", NO_PASSKEY)]),
    ("/passkeys/options", &[Door::Way("/passkeys/options")]),
    ("/passkeys", &[Door::Post("/passkeys", NO_PASSKEY)]),
    ("/sign-in/oidc/{provider}", &[Door::Way("/sign-in/oidc/canary")]),
    ("/sign-in/oidc/{provider}/callback", &[Door::Way("/sign-in/oidc/canary/callback?state=x&code=y")]),
    ("/sign-in.css", &[Door::Get("/sign-in.css")]),
    ("/invitation", &[Door::Invitation, Door::Post("/invitation", NO_TOKEN)]),
    ("/invitation/accept", &[Door::Post("/invitation/accept", NO_TOKEN)]),
    ("/account/export", &[Door::Export]),
    ("/photos/{id}", &[Door::Files("photo:", "/photos/{id}?w=960")]),
    ("/voice-notes/{id}", &[Door::Files("voice_note:", "/voice-notes/{id}")]),
    ("/uploads", &[Door::Post("/uploads", "{}")]),
    ("/uploads/{id}", &[Door::Files("upload:", "/uploads/{id}")]),
    ("/config.json", &[Door::Get("/config.json")]),
    ("/healthz", &[Door::Get("/healthz")]),
    ("/readyz", &[Door::Get("/readyz")]),
    ("/metrics", &[Door::Metrics, Door::Get("/metrics")]),
    ("/.well-known/security.txt", &[Door::Get("/.well-known/security.txt")]),
    // What is no route: the app.
    ("/", &[Door::Get("/"), Door::Get("/terrain/x")]),
];

/// Root fields of the graph: what is given, once for every row, and how many things further is looked.
pub const ROOTS: [(&str, &[&str], usize); 13] = [
    ("accessTokens", &[""], 1),
    (
        "auditEvents",
        &[
            "first: 50",
            "first: 50, organisationId: \"organisation:{organisation:aan}\"",
            "first: 50, organisationId: \"organisation:{organisation:ann}\"",
            "first: 50, organisationId: \"organisation:{organisation:buur}\"",
            "first: 50, organisationId: \"organisation:{organisation:muni}\"",
            "first: 50, organisationId: \"organisation:{organisation:adm}\"",
        ],
        1,
    ),
    ("changes", &["first: 20, terrains: [\"terrain:{terrain:here}\"]", "first: 20, terrains: [\"terrain:{terrain:away}\"]"], 1),
    (
        "invitations",
        &[
            "first: 20, terrainId: \"terrain:{terrain:here}\"",
            "first: 20, terrainId: \"terrain:{terrain:away}\"",
            "first: 20, organisationId: \"organisation:{organisation:ann}\"",
            "first: 20, organisationId: \"organisation:{organisation:buur}\"",
        ],
        1,
    ),
    ("node", &["id: \"terrain:{terrain:here}\""], 1),
    ("passkeys", &[""], 1),
    (
        "people",
        &[
            "first: 20, terrainId: \"terrain:{terrain:here}\"",
            "first: 20, terrainId: \"terrain:{terrain:away}\"",
            "first: 20, organisationId: \"organisation:{organisation:ann}\"",
            "first: 20, organisationId: \"organisation:{organisation:aan}\"",
            "first: 20, organisationId: \"organisation:{organisation:muni}\"",
        ],
        1,
    ),
    ("roleChoices", &["organisationId: \"organisation:{organisation:ann}\", terrainId: \"terrain:{terrain:here}\""], 1),
    (
        "search",
        &[
            "first: 20, terrainId: \"terrain:{terrain:here}\", text: \"knr\"",
            "first: 20, terrainId: \"terrain:{terrain:away}\", text: \"knr\"",
        ],
        1,
    ),
    ("sessions", &[""], 1),
    ("terrain", &["id: \"terrain:{terrain:here}\"", "id: \"terrain:{terrain:away}\"", "id: \"terrain:{terrain:deleted}\""], 2),
    ("terrains", &["first: 10", "first: 10, filter: { text: \"knr\" }", "first: 10, filter: { bbox: [4, 51, 6, 53] }"], 1),
    ("viewer", &[""], 2),
];

/// Things with an id of their own: table, kind, type.
pub const NODES: [(&str, &str, &str); 16] = [
    ("terrain", "terrain", "Terrain"),
    ("plot", "plot", "Plot"),
    ("building", "building", "Building"),
    ("address", "address", "Address"),
    ("company", "company", "Company"),
    ("occupancy", "occupancy", "Occupancy"),
    ("infrastructure", "infrastructure", "Infrastructure"),
    ("issue", "issue", "Issue"),
    ("support", "support", "Support"),
    ("issue_comment", "comment", "IssueComment"),
    ("observation", "observation", "Observation"),
    ("conversation", "conversation", "Conversation"),
    ("promise", "promise", "Promise"),
    ("photo", "photo", "Photo"),
    ("voice_note", "voice-note", "VoiceNote"),
    ("organisation", "organisation", "Organisation"),
];

/// Layers of the tiles, and the table whose canaries are drawn there.
pub const LAYER_TABLES: [(&str, &str); 8] = [
    ("backdrop", "backdrop"),
    ("terrain", "terrain"),
    ("plot", "plot"),
    ("building", "building"),
    ("infrastructure", "infrastructure"),
    ("address", "address"),
    ("company", "company"),
    ("issue", "issue"),
];

/// Objects a question can come to, and the table their canaries are in; nothing for what has no words of its own.
pub const TYPES: [(&str, &str); 79] = [
    ("AccessToken", "access_token"),
    ("Address", "address"),
    ("AddressConnection", ""),
    ("AddressEdge", ""),
    ("AuditEvent", "audit_event"),
    ("AuditEventConnection", ""),
    ("AuditEventEdge", ""),
    ("Building", "building"),
    ("BuildingConnection", ""),
    ("BuildingEdge", ""),
    ("Change", "gone"),
    ("ChangePage", ""),
    ("Company", "company"),
    ("CompanyConnection", ""),
    ("CompanyEdge", ""),
    ("Conversation", "conversation"),
    ("ConversationConnection", ""),
    ("ConversationEdge", ""),
    ("ConversationViewerCan", ""),
    ("Coverage", ""),
    ("CoverageConnection", ""),
    ("CoverageEdge", ""),
    ("Infrastructure", "infrastructure"),
    ("InfrastructureConnection", ""),
    ("InfrastructureEdge", ""),
    ("Invitation", "invitation"),
    ("InvitationConnection", ""),
    ("InvitationEdge", ""),
    ("InvitationViewerCan", ""),
    ("Issue", "issue"),
    ("IssueComment", "issue_comment"),
    ("IssueCommentConnection", ""),
    ("IssueCommentEdge", ""),
    ("IssueConnection", ""),
    ("IssueEdge", ""),
    ("IssueEvent", "issue_event"),
    ("IssueEventConnection", ""),
    ("IssueEventEdge", ""),
    ("IssueViewerCan", ""),
    ("Membership", "membership"),
    ("MembershipConnection", ""),
    ("MembershipEdge", ""),
    ("MembershipViewerCan", ""),
    ("Municipality", "reference.municipality"),
    ("Observation", "observation"),
    ("ObservationConnection", ""),
    ("ObservationEdge", ""),
    ("ObservationViewerCan", ""),
    ("Occupancy", "occupancy"),
    ("OccupancyConnection", ""),
    ("OccupancyEdge", ""),
    ("Organisation", "organisation"),
    ("PageInfo", ""),
    ("Passkey", "passkey"),
    ("Permission", ""),
    ("Person", "person"),
    ("Photo", "photo"),
    ("PhotoViewerCan", ""),
    ("Plot", "plot"),
    ("PlotConnection", ""),
    ("PlotEdge", ""),
    ("Promise", "promise"),
    ("PromiseConnection", ""),
    ("PromiseEdge", ""),
    ("PromiseViewerCan", ""),
    ("Provenance", "terrain"),
    ("RoleChoice", ""),
    ("Session", "session"),
    ("Support", "support"),
    ("SupportConnection", ""),
    ("SupportEdge", ""),
    ("Terrain", "terrain"),
    ("TerrainConnection", ""),
    ("TerrainCounts", ""),
    ("TerrainEdge", ""),
    ("TerrainViewerCan", ""),
    ("Viewer", "person"),
    ("VoiceNote", "voice_note"),
    ("VoiceNoteViewerCan", ""),
];
