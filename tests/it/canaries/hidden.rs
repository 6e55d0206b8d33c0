//! What is hidden and what is not there give the same answer, byte for byte: at every command and every root field that takes an id.

use std::collections::BTreeSet;

use serde_json::json;
use terrein_shared::id::new_id;
use terrein_tests::demo::command;
use terrein_tests::{Client, TestApp};

use super::everybody;
use super::graph::Contract;
use super::tables::ROOTS;
use super::world::World;

/// A command, what is given beside its id, and rows that Ben does not see. `%` is the id that is tried, `{row}` one that Ben may give.
type Tried = (&'static str, &'static [(&'static str, &'static [&'static str])]);

const ISSUES: &[&str] =
    &["issue:me", "issue:me-aan", "issue:team", "issue:municipality", "issue:away-terrain", "issue:away-public", "issue:deleted"];
const SUPPORTS: &[&str] = &["support:own", "support:buur", "support:for-company"];
const OBSERVATIONS: &[&str] = &["observation:ann", "observation:aan", "observation:buur", "observation:hidden", "observation:deleted"];
const CONVERSATIONS: &[&str] = &["conversation:aan", "conversation:muni", "conversation:away", "conversation:deleted"];
const PROMISES: &[&str] = &["promise:aan", "promise:muni", "promise:away", "promise:deleted"];
/// Of an issue that Ben sees too: what nobody looked over, and what was removed.
const PHOTOS: &[&str] = &["photo:unseen-public", "photo:me", "photo:deleted"];
const VOICE_NOTES: &[&str] = &["voice_note:public", "voice_note:me", "voice_note:deleted"];
const COMPANIES: &[&str] = &["company:away", "company:deleted"];

/// Every command there is; nothing for those that take no id of a thing.
const COMMANDS: [Tried; 37] = [
    ("changeIssueState", &[("issueId: \"issue:%\", state: TAKEN_UP, version: 1", ISSUES)]),
    ("checkPhoto", &[("photoId: \"photo:%\", blur: []", PHOTOS)]),
    ("commentOnIssue", &[("issueId: \"issue:%\", commentId: \"comment:{new}\", text: \"x\"", ISSUES)]),
    ("confirmTranscript", &[("voiceNoteId: \"voice-note:%\", text: \"x\"", VOICE_NOTES)]),
    ("createAccessToken", &[]),
    ("editConversation", &[("conversationId: \"conversation:%\", version: 1, needs: \"x\"", CONVERSATIONS)]),
    ("describePhoto", &[("photoId: \"photo:%\", alt: \"x\"", PHOTOS)]),
    (
        "editIssue",
        &[
            ("issueId: \"issue:%\", version: 1, title: \"x\"", ISSUES),
            ("issueId: \"issue:{issue:public}\", version: 1, addPartyIds: [\"company:%\"]", COMPANIES),
        ],
    ),
    ("editTerrain", &[("terrainId: \"terrain:%\", version: 1, name: \"x\"", &["terrain:away", "terrain:deleted"])]),
    ("endOccupancy", &[("occupancyId: \"occupancy:%\", untilOn: \"2026-01-01\", version: 1", &["occupancy:away", "occupancy:deleted"])]),
    ("eraseMe", &[]),
    (
        "grantRole",
        &[
            (
                "personId: \"person:%\", organisationId: \"organisation:{organisation:ben}\", role: ENTREPRENEUR, terrainId: \"terrain:{terrain:here}\"",
                &["person:ann", "person:buur"],
            ),
            (
                "personId: \"person:{person:ben}\", organisationId: \"organisation:%\", role: ENTREPRENEUR, terrainId: \"terrain:{terrain:here}\"",
                &["organisation:ann", "organisation:buur"],
            ),
            (
                "personId: \"person:{person:ben}\", organisationId: \"organisation:{organisation:ben}\", role: ENTREPRENEUR, terrainId: \"terrain:%\"",
                &["terrain:away"],
            ),
        ],
    ),
    (
        "handOverRole",
        &[("membershipId: \"membership:%\", personId: \"person:{person:ben}\"", &["membership:ann", "membership:park", "membership:buur"])],
    ),
    (
        "invite",
        &[
            (
                "organisationId: \"organisation:%\", email: \"x@elsewhere.example\", role: ENTREPRENEUR, terrainId: \"terrain:{terrain:here}\"",
                &["organisation:ann", "organisation:buur"],
            ),
            (
                "organisationId: \"organisation:{organisation:ben}\", email: \"x@elsewhere.example\", role: ENTREPRENEUR, terrainId: \"terrain:%\"",
                &["terrain:away"],
            ),
            (
                "companyId: \"company:%\", email: \"x@elsewhere.example\", role: ENTREPRENEUR, terrainId: \"terrain:{terrain:here}\"",
                COMPANIES,
            ),
        ],
    ),
    ("keepPromise", &[("promiseId: \"promise:%\", done: true", PROMISES)]),
    (
        "linkCompany",
        &[
            ("occupancyId: \"occupancy:{new}\", companyId: \"company:%\", plotId: \"plot:{plot:here-public}\", kind: USES", COMPANIES),
            (
                "occupancyId: \"occupancy:{new}\", companyId: \"company:{company:ben}\", plotId: \"plot:%\", kind: USES",
                &["plot:away-terrain", "plot:deleted"],
            ),
            (
                "occupancyId: \"occupancy:{new}\", companyId: \"company:{company:ben}\", buildingId: \"building:%\", kind: USES",
                &["building:away-terrain"],
            ),
        ],
    ),
    (
        "makePromise",
        &[
            ("promiseId: \"promise:{new}\", text: \"x\", terrainId: \"terrain:%\"", &["terrain:away", "terrain:deleted"]),
            (
                "promiseId: \"promise:{new}\", text: \"x\", terrainId: \"terrain:{terrain:here}\", conversationId: \"conversation:%\"",
                CONVERSATIONS,
            ),
            ("promiseId: \"promise:{new}\", text: \"x\", terrainId: \"terrain:{terrain:here}\", companyId: \"company:%\"", COMPANIES),
            ("promiseId: \"promise:{new}\", text: \"x\", terrainId: \"terrain:{terrain:here}\", issueId: \"issue:%\"", ISSUES),
        ],
    ),
    (
        "observe",
        &[
            (
                "observationId: \"observation:{new}\", terrainId: \"terrain:%\", subjectId: \"company:{company:ben}\", question: COMPANY_PRESENT, answer: \"YES\", seenAt: \"2026-01-01T00:00:00Z\"",
                &["terrain:away", "terrain:deleted"],
            ),
            (
                "observationId: \"observation:{new}\", terrainId: \"terrain:{terrain:here}\", subjectId: \"company:%\", question: COMPANY_PRESENT, answer: \"YES\", seenAt: \"2026-01-01T00:00:00Z\"",
                COMPANIES,
            ),
            (
                "observationId: \"observation:{new}\", terrainId: \"terrain:{terrain:here}\", subjectId: \"plot:%\", question: PLOT_USE, answer: \"FALLOW\", seenAt: \"2026-01-01T00:00:00Z\"",
                &["plot:away-terrain", "plot:away-public", "plot:deleted"],
            ),
            (
                "observationId: \"observation:{new}\", terrainId: \"terrain:{terrain:here}\", subjectId: \"building:%\", question: BUILDING_USE, answer: \"VACANT\", seenAt: \"2026-01-01T00:00:00Z\"",
                &["building:away-terrain", "building:away-public", "building:deleted"],
            ),
            (
                "observationId: \"observation:{new}\", terrainId: \"terrain:{terrain:here}\", subjectId: \"infrastructure:%\", question: INFRASTRUCTURE_CONDITION, answer: \"BAD\", seenAt: \"2026-01-01T00:00:00Z\"",
                &["infrastructure:away-terrain", "infrastructure:away-public", "infrastructure:deleted"],
            ),
        ],
    ),
    (
        "recordConversation",
        &[
            (
                "conversationId: \"conversation:{new}\", heldOn: \"2026-11-20\", otherParty: \"x\", terrainId: \"terrain:%\"",
                &["terrain:away", "terrain:deleted"],
            ),
            (
                "conversationId: \"conversation:{new}\", heldOn: \"2026-11-20\", companyId: \"company:%\", terrainId: \"terrain:{terrain:here}\"",
                COMPANIES,
            ),
            (
                "conversationId: \"conversation:{new}\", heldOn: \"2026-11-20\", otherParty: \"x\", issueIds: [\"issue:%\"], terrainId: \"terrain:{terrain:here}\"",
                ISSUES,
            ),
        ],
    ),
    ("removePasskey", &[("id: \"passkey:%\"", &["passkey:ann", "passkey:buur"])]),
    ("removePhoto", &[("photoId: \"photo:%\"", PHOTOS)]),
    ("removeVoiceNote", &[("voiceNoteId: \"voice-note:%\"", VOICE_NOTES)]),
    ("renamePasskey", &[("id: \"passkey:%\", name: \"x\"", &["passkey:ann", "passkey:buur"])]),
    (
        "reportIssue",
        &[
            (
                "issueId: \"issue:{new}\", terrainId: \"terrain:%\", kind: PROBLEM, geometry: { type: \"Point\", coordinates: [5.08, 51.8] }",
                &["terrain:away", "terrain:deleted"],
            ),
            (
                "issueId: \"issue:{new}\", terrainId: \"terrain:{terrain:here}\", plotId: \"plot:%\", kind: PROBLEM, geometry: { type: \"Point\", coordinates: [5.08, 51.8] }",
                &["plot:away-terrain"],
            ),
            (
                "issueId: \"issue:{new}\", terrainId: \"terrain:{terrain:here}\", companyId: \"company:%\", kind: PROBLEM, geometry: { type: \"Point\", coordinates: [5.08, 51.8] }",
                COMPANIES,
            ),
            (
                "issueId: \"issue:{new}\", terrainId: \"terrain:{terrain:here}\", infrastructureId: \"infrastructure:%\", kind: PROBLEM, geometry: { type: \"Point\", coordinates: [5.08, 51.8] }",
                &["infrastructure:away-terrain"],
            ),
            (
                "issueId: \"issue:{new}\", terrainId: \"terrain:{terrain:here}\", partyIds: [\"company:%\"], kind: PROBLEM, geometry: { type: \"Point\", coordinates: [5.08, 51.8] }",
                COMPANIES,
            ),
        ],
    ),
    ("revokeAccessToken", &[("accessTokenId: \"token:%\"", &["access_token:ann"])]),
    ("revokeOtherSessions", &[]),
    ("revokeSession", &[("id: \"session:%\"", &["session:ann"])]),
    ("setLanguage", &[]),
    ("shareIssue", &[("issueId: \"issue:%\", audience: PUBLIC, version: 1", ISSUES)]),
    (
        "supportIssue",
        &[
            ("issueId: \"issue:%\", supportId: \"support:{new}\"", ISSUES),
            ("issueId: \"issue:{issue:public}\", supportId: \"support:{new}\", companyId: \"company:%\"", COMPANIES),
        ],
    ),
    ("withdrawConversation", &[("conversationId: \"conversation:%\"", CONVERSATIONS)]),
    ("withdrawInvitation", &[("invitationId: \"invitation:%\"", &["invitation:ann", "invitation:buur", "invitation:withdrawn"])]),
    ("withdrawIssue", &[("issueId: \"issue:%\"", ISSUES)]),
    ("withdrawObservation", &[("observationId: \"observation:%\"", OBSERVATIONS)]),
    ("withdrawPromise", &[("promiseId: \"promise:%\"", PROMISES)]),
    ("withdrawRole", &[("membershipId: \"membership:%\"", &["membership:ann", "membership:park", "membership:buur"])]),
    ("withdrawSupport", &[("supportId: \"support:%\"", SUPPORTS)]),
];

/// What a root field that takes an id is tried with; every other takes none.
const QUESTIONS: [Tried; 8] = [
    ("auditEvents", &[("first: 5, organisationId: \"organisation:%\"", &["organisation:ann", "organisation:buur"])]),
    ("changes", &[("first: 5, terrains: [\"terrain:%\"]", &["terrain:away"])]),
    (
        "invitations",
        &[
            ("first: 5, terrainId: \"terrain:%\"", &["terrain:away", "terrain:deleted"]),
            ("first: 5, organisationId: \"organisation:%\"", &["organisation:ann", "organisation:buur"]),
        ],
    ),
    (
        "node",
        &[
            ("id: \"terrain:%\"", &["terrain:away", "terrain:deleted"]),
            ("id: \"plot:%\"", &["plot:away-terrain", "plot:deleted"]),
            ("id: \"building:%\"", &["building:away-terrain", "building:deleted"]),
            ("id: \"address:%\"", &["address:away-terrain", "address:deleted"]),
            ("id: \"company:%\"", COMPANIES),
            ("id: \"occupancy:%\"", &["occupancy:away", "occupancy:deleted"]),
            ("id: \"infrastructure:%\"", &["infrastructure:away-terrain", "infrastructure:deleted"]),
            ("id: \"issue:%\"", ISSUES),
            ("id: \"support:%\"", SUPPORTS),
            (
                "id: \"comment:%\"",
                &["issue_comment:me", "issue_comment:away-terrain", "issue_comment:deleted-terrain", "issue_comment:deleted"],
            ),
            ("id: \"observation:%\"", OBSERVATIONS),
            ("id: \"conversation:%\"", CONVERSATIONS),
            ("id: \"promise:%\"", PROMISES),
            ("id: \"photo:%\"", PHOTOS),
            ("id: \"voice-note:%\"", VOICE_NOTES),
            ("id: \"organisation:%\"", &["organisation:ann", "organisation:buur"]),
        ],
    ),
    (
        "people",
        &[
            ("first: 5, terrainId: \"terrain:%\"", &["terrain:away", "terrain:deleted"]),
            ("first: 5, organisationId: \"organisation:%\"", &["organisation:ann", "organisation:buur"]),
        ],
    ),
    ("roleChoices", &[("organisationId: \"organisation:%\"", &["organisation:ann", "organisation:buur"])]),
    ("search", &[("first: 5, text: \"knr\", terrainId: \"terrain:%\"", &["terrain:away", "terrain:deleted"])]),
    ("terrain", &[("id: \"terrain:%\"", &["terrain:away", "terrain:deleted"])]),
];

/// The answer to a question with an id in it, without the id and the number of the request.
async fn answer(client: &Client, question: &str, id: &str) -> (u16, String) {
    let body = json!({ "query": question.replace('%', id) });
    let answer = client.send(client.request("POST", "/graphql").json(&body)).await;
    let said = String::from_utf8(answer.body).expect("text").replace(id, "%");
    let said = match said.split_once("\"traceId\":\"") {
        Some((before, after)) => format!("{before}{}", after.split_once('"').expect("a number").1),
        None => said,
    };
    (answer.status, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_and_what_is_not_there_give_the_same_bytes() {
    let app = TestApp::new().await;
    let mut world = World::plant(&app).await;
    let clients = everybody(&app, &mut world).await;
    app.settled().await;
    let contract = Contract::read();
    let listed = |tried: &[Tried]| tried.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(contract.fields("Mutation").iter().map(|field| field.name.clone()).collect::<BTreeSet<_>>(), listed(&COMMANDS), "commands");
    let takes_id =
        contract.fields("Query").iter().filter(|field| field.takes_id()).map(|field| field.name.clone()).collect::<BTreeSet<_>>();
    assert_eq!(takes_id, listed(&QUESTIONS), "root fields of {} that take an id", ROOTS.len());

    let mut wrong = Vec::new();
    for (kind, tried) in [("mutation", &COMMANDS[..]), ("query", &QUESTIONS[..])] {
        for (name, cases) in tried {
            let of = if kind == "query" { "Query" } else { "Mutation" };
            let field = contract.fields(of).iter().find(|field| field.name == *name).expect("listed");
            for (given, rows) in *cases {
                let ask = || {
                    let given = world.fill(&given.replace("{new}", &new_id().to_string()));
                    let given = if field.takes_input() { format!("input: {{ commandId: \"{}\", {given} }}", command()) } else { given };
                    format!("{kind} {{ {name}({given}) {{ __typename }} }}")
                };
                let askers: &[&str] = match *name {
                    // Only who may link or write down at all comes to what is linked.
                    "linkCompany" | "makePromise" | "recordConversation" => &["ben", "park"],
                    _ if kind == "query" => &["ben", "nobody"],
                    _ => &["ben"],
                };
                for who in askers {
                    let missing = answer(&clients[*who], &ask(), &new_id().to_string()).await;
                    // Asked well: what is refused was refused when it was done, not because it could not be read.
                    assert!(!missing.1.contains("\"errors\"") || missing.1.contains("\"path\":["), "{who}: {name} ({given}): {missing:?}");
                    for row in *rows {
                        let hidden = answer(&clients[*who], &ask(), &world.known(row).to_string()).await;
                        if hidden != missing {
                            wrong.push(format!("{who}: {name} with {row} ({given})\n  hidden:  {hidden:?}\n  missing: {missing:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
