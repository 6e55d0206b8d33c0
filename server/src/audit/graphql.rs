//! The log in the graph: for the organisations it is about, and for everybody what they did themselves. A colleague is told by name; somebody
//! else by the organisation they acted for.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use sea_orm::{FromQueryResult, Value};
use terrein_shared::Reason;
use terrein_shared::id::OrganisationId;
use terrein_shared::page::{Key, Rows};
use uuid::Uuid;

use super::{Event, note};
use crate::error::{Error, Result, Subject, invalid};
use crate::listing::{PageLimit, page};
use crate::loader::caller;

crate::vocabulary! {
    /// What kind of actor did it.
    AuditActorKind {
        /// Somebody with an account.
        Person = "person",
        /// Somebody who had their data erased since: who, nobody can say any more.
        Erased = "erased",
        /// A program with somebody's access token.
        Token = "token",
        /// Nobody who was signed in.
        Visitor = "visitor",
        /// Whoever runs the installation, at the command line.
        System = "system",
    }
}

/// Something that was done, or tried.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct AuditEvent {
    #[graphql(skip)]
    seq: i64,
    #[graphql(skip)]
    object_id: Option<Uuid>,
    /// When.
    at: DateTime<Utc>,
    /// What kind of actor.
    actor_kind: AuditActorKind,
    /// Who, for their colleagues and themselves; nothing for somebody of another organisation, or of whom everything was erased.
    actor: Option<String>,
    /// The organisation they acted for.
    actor_organisation: Option<String>,
    /// What: a command of the graph by its name, `signIn`, `signOut`, `exportPersonalData` …
    action: String,
    /// What kind of thing it was done to.
    object_kind: Option<String>,
    /// `done`, or the code of what stood in the way.
    result: String,
    /// The way somebody signed in: `mail`, `code`, `passkey`, `oidc`, `operator`.
    method: Option<String>,
    /// What became of it, where that was not what was asked.
    outcome: Option<String>,
    /// The network it came from: IPv4 /24, IPv6 /48.
    address: Option<String>,
}

#[async_graphql::ComplexObject]
impl AuditEvent {
    /// Its number in the log.
    async fn id(&self) -> ID {
        ID(format!("audit-event:{}", self.seq))
    }

    /// Which thing it was done to: kind and UUID.
    async fn object_id(&self) -> Option<ID> {
        Some(ID(format!("{}:{}", self.object_kind.as_deref()?, self.object_id?)))
    }
}

terrein_shared::plain!(AuditEvent {
    "at" => at,
    "actorKind" => actor_kind,
    "actor" => actor,
    "actorOrganisation" => actor_organisation,
    "action" => action,
    "objectKind" => object_kind,
    "result" => result,
    "method" => method,
    "outcome" => outcome,
    "address" => address,
});
terrein_shared::connection!(AuditEventConnection, AuditEventEdge, AuditEvent, "events of the audit log");

const COLUMNS: &str = "e.seq, e.at, case when a.erased then 'erased' else e.actor_kind end as actor_kind, p.name as actor,
    a.organisation as actor_organisation, e.action, e.object_kind, e.object_id, e.result, e.details ->> 'method' as method,
    e.details ->> 'outcome' as outcome, e.address::text as address";
const WHO: &str = "left join audit_subject s on s.pseudonym = e.actor left join person p on p.id = s.person_id
    cross join lateral app.audit_actor(e.seq) a";

#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Who did what, newest first: to what is an organisation's of yours and by its people, or without `organisationId` what you did
    /// yourself. That you read it is in it too.
    async fn audit_events(
        &self,
        context: &Context<'_>,
        organisation_id: Option<OrganisationId>,
        first: i32,
        after: Option<String>,
    ) -> Result<AuditEventConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        let before = match &page.after {
            Some(Key { sort, .. }) => sort.parse::<i64>().map_err(|_| invalid("after", Reason::WrongCursor))?,
            None => i64::MAX,
        };
        let caller = caller(context)?;
        let viewer = caller.viewer().await?;
        let mut values: Vec<Value> = vec![before.into(), i64::from(page.first + 1).into()];
        let sql = match organisation_id {
            Some(organisation) if !viewer.is_of(organisation) => return Err(Error::NotFound(Subject::Thing)),
            Some(organisation) => {
                note(context, Event::done("readAuditLog").on("organisation", organisation.0))?;
                values.push(organisation.into());
                format!(
                    "select {COLUMNS} from audit_reader r join audit_event e on e.seq = r.seq {WHO}
                     where r.organisation_id = $3 and r.seq < $1 order by r.seq desc limit $2"
                )
            }
            None => format!(
                "select {COLUMNS} from audit_event e {WHO}
                 where e.actor = (select mine.pseudonym from audit_subject mine where mine.person_id = (select app.person()))
                   and e.seq < $1 order by e.seq desc limit $2"
            ),
        };
        let rows: Vec<AuditEvent> = caller.all(&sql, values).await?;
        Ok(Rows::of(rows, &page, |row| Key { sort: row.seq.to_string(), id: Uuid::nil() }).into())
    }
}
