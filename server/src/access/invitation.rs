//! Invitations by mail: somebody gets a role by saying yes. The link's secret is in the mail alone; its hash is stored; it stands for 14
//! days, the newest for an address and a role.

use async_graphql::{ComplexObject, Context, InputObject, InputType, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::id::{CompanyId, InvitationId, OrganisationId, PersonId, TerrainId, new_id};
use terrein_shared::{Reason, text};
use uuid::Uuid;

use super::Caller;
use super::caller::{Role, SessionHash};
use super::graphql::{Organisation, Permission};
use super::membership::{Person, fitting, signed_in, somewhere};
use super::once::once;
use super::policy::{Action, On, may};
use super::roles::RoleAt;
use super::sign_in::{secret, token_hash};
use crate::error::{Error, InField, Result, Subject, invalid};
use crate::jobs::queue;
use crate::listing::{Conditions, Order, PageLimit, list, page};
use crate::loader::{caller, load, load_some};
use crate::terrain::Terrain;
use crate::texts::Language;

/// Most invitations of one person in an hour.
const AN_HOUR: i32 = 20;

/// A mail to be sent: the payload of the job `invitation_mail`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InvitationMail {
    pub to: String,
    pub name: Option<String>,
    pub language: String,
    pub inviter: String,
    pub organisation: String,
    pub terrain: Option<String>,
    pub role: String,
    pub message: Option<String>,
    pub token: String,
}

/// Somebody who was invited and has not answered yet.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Invitation {
    /// `invitation:…`
    id: InvitationId,
    /// Where the mail went.
    email: String,
    /// Their name, when the inviter gave it.
    name: Option<String>,
    /// What as.
    role: Role,
    /// What the inviter wrote.
    message: Option<String>,
    /// When it was sent.
    created_at: DateTime<Utc>,
    /// Until when its link works.
    expires_at: DateTime<Utc>,
    #[graphql(skip)]
    organisation_id: OrganisationId,
    #[graphql(skip)]
    terrain_id: Option<TerrainId>,
    #[graphql(skip)]
    inviter_id: Option<PersonId>,
    #[graphql(skip)]
    inviter_name: String,
}

terrein_shared::plain!(Invitation { "id" => id });
terrein_shared::connection!(InvitationConnection, InvitationEdge, Invitation, "invitations");

/// What you may do with an invitation.
#[derive(SimpleObject)]
pub struct InvitationViewerCan {
    /// Take it back.
    withdraw: Permission,
}

impl Invitation {
    /// The role, as if its inviter held it: whoever sent it takes it back, and whoever might have sent it.
    fn place(&self) -> RoleAt {
        RoleAt { role: self.role, organisation: self.organisation_id, terrain: self.terrain_id, holder: self.inviter_id, last: false }
    }
}

#[ComplexObject]
impl Invitation {
    /// For whom.
    async fn organisation(&self, context: &Context<'_>) -> Result<Organisation> {
        load(context, self.organisation_id).await?.ok_or(Error::NotFound(Subject::Thing))
    }

    /// On which terrain; nothing for a role wherever the organisation has one.
    async fn terrain(&self, context: &Context<'_>) -> Result<Option<Terrain>> {
        load_some(context, self.terrain_id).await
    }

    /// Who sent it; nothing when it was the operator.
    async fn inviter(&self) -> Option<Person> {
        self.inviter_id.map(|id| Person { id, name: self.inviter_name.clone() })
    }

    /// What you may do with it.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<InvitationViewerCan> {
        let actor = caller(context)?.actor().await?;
        Ok(InvitationViewerCan { withdraw: Permission::of(actor, Action::WithdrawRole, On::Role(self.place())) })
    }
}

const WAITING: &str =
    "(select i.id, i.email, i.name, i.role, i.message, i.created_at, i.expires_at, i.organisation_id, i.terrain_id, i.inviter_id,
    coalesce(p.name, '') as inviter_name
  from invitation i left join person p on p.id = i.inviter_id where i.withdrawn_at is null and i.accepted_at is null) waiting";
const COLUMNS: &str = "id, email, name, role, message, created_at, expires_at, organisation_id, terrain_id, inviter_id, inviter_name";

/// One that waits; nothing when it was answered, taken back, or is not the caller's to see.
async fn waiting(caller: &Caller, id: InvitationId) -> Result<Option<Invitation>> {
    caller.one(&format!("select {COLUMNS} from {WAITING} where id = $1"), [id.into()]).await
}

#[derive(Default)]
pub struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// Invitations that wait for an answer, on a terrain or in an organisation, newest first: those of your organisations, and, for its
    /// aanjager, all of a terrain.
    async fn invitations(
        &self,
        context: &Context<'_>,
        terrain_id: Option<TerrainId>,
        organisation_id: Option<OrganisationId>,
        first: i32,
        after: Option<String>,
    ) -> Result<InvitationConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        let mut conditions = Conditions::new("true");
        somewhere(&mut conditions, terrain_id, organisation_id)?;
        let order = Order { column: "created_at", kind: "timestamptz", newest_first: true };
        Ok(list::<Invitation>(caller(context)?, WAITING, COLUMNS, order, conditions, &page).await?.into())
    }
}

/// Somebody to invite.
#[derive(Debug, Clone, InputObject)]
pub struct InviteInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Their mail address.
    pub email: String,
    /// Their name, at most 120 characters.
    pub name: Option<String>,
    /// For which organisation; or give a company.
    pub organisation_id: Option<OrganisationId>,
    /// For which company of the terrain, whose organisation is made when there is none yet. Aanjager.
    pub company_id: Option<CompanyId>,
    /// What as.
    pub role: Role,
    /// On which terrain; nothing for a role wherever the organisation has one.
    pub terrain_id: Option<TerrainId>,
    /// A word of your own in the mail, at most 1000 characters.
    pub message: Option<String>,
}

/// What became of `invite`.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one an answer")]
pub enum InvitePayload {
    Invited(Invited),
    TooMany(TooManyInvitations),
}

/// The mail is on its way.
#[derive(SimpleObject)]
pub struct Invited {
    /// `invitation:…`
    id: InvitationId,
    /// As it is now; nothing when it was answered or taken back since.
    invitation: Option<Invitation>,
}

/// You invited as many people as you may in an hour.
#[derive(SimpleObject)]
pub struct TooManyInvitations {
    /// How many.
    most: i32,
}

/// An invitation to take back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawInvitationInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub invitation_id: InvitationId,
}

/// What became of `withdrawInvitation`.
#[derive(Union)]
pub enum WithdrawInvitationPayload {
    Withdrawn(InvitationWithdrawn),
}

/// Its link does not work any more.
#[derive(SimpleObject)]
pub struct InvitationWithdrawn {
    /// Which.
    id: InvitationId,
}

#[derive(Serialize, Deserialize)]
enum Sent {
    Invitation(Uuid),
    TooMany,
}

#[derive(FromQueryResult)]
struct Id {
    id: Option<Uuid>,
}

#[derive(FromQueryResult)]
struct Count {
    count: i32,
}

/// An address as it is kept: in small letters, of this shape, without a control character.
///
/// # Errors
/// [`Reason::Required`] for nothing, [`Reason::DoesNotFit`] for what is no address.
pub(super) fn address(email: &str) -> Result<String, Reason> {
    let email = email.trim().to_lowercase();
    let shaped = email.parse::<lettre::Address>().is_ok() && email.len() <= 254;
    match (email.is_empty(), shaped) {
        (true, _) => Err(Reason::Required),
        (false, false) => Err(Reason::DoesNotFit),
        (false, true) => Ok(email),
    }
}

async fn organisation_of(caller: &Caller, input: &InviteInput) -> Result<OrganisationId> {
    match (input.organisation_id, input.company_id) {
        (Some(organisation), None) => Ok(organisation),
        (None, Some(company)) => {
            let sql = "select app.organisation_of_company($1, $2) as id";
            let found: Option<Id> = caller.one(sql, [company.into(), new_id().into()]).await?;
            found.and_then(|found| found.id).map(OrganisationId).ok_or(Error::NotFound(Subject::Company))
        }
        _ => Err(invalid("organisationId", Reason::ExactlyOne)),
    }
}

async fn send(context: &Context<'_>, caller: &Caller, input: &InviteInput) -> Result<Sent> {
    let email = address(&input.email).in_field("email")?;
    let name = text::optional(input.name.clone(), 120).in_field("name")?.map(|name| name.replace(['\n', '\t'], " "));
    let message = text::optional(input.message.clone(), 1000).in_field("message")?;
    let organisation = organisation_of(caller, input).await?;
    let at = RoleAt { role: input.role, organisation, terrain: input.terrain_id, holder: None, last: false };
    may(caller.actor().await?, Action::InviteToRole, On::Role(at)).map_err(Error::Forbidden)?;
    fitting(context, input.role, organisation, input.terrain_id).await?;
    let lately: Option<Count> = caller.one("select app.invited_lately() as count", []).await?;
    if lately.is_none_or(|lately| lately.count >= AN_HOUR) {
        return Ok(Sent::TooMany);
    }
    let terrain = input.terrain_id.map(|terrain| terrain.0);
    // The newest only.
    caller
        .run(
            "update invitation set withdrawn_at = app.now() where email = $1 and organisation_id = $2 and terrain_id is not distinct from $3
               and role = $4 and withdrawn_at is null and accepted_at is null",
            [email.clone().into(), organisation.into(), terrain.into(), input.role.word().into()],
        )
        .await?;
    let (id, token) = (InvitationId::new(), secret());
    let viewer = caller.viewer().await?;
    caller
        .run(
            "insert into invitation (id, email, name, organisation_id, terrain_id, role, message, inviter_id, token_hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            [
                id.into(),
                email.clone().into(),
                name.clone().into(),
                organisation.into(),
                terrain.into(),
                input.role.word().into(),
                message.clone().into(),
                viewer.id.into(),
                token_hash(&token).into(),
            ],
        )
        .await?;
    let organisation: Organisation = load(context, organisation).await?.ok_or(Error::NotFound(Subject::Thing))?;
    let terrain: Option<Terrain> = load_some(context, input.terrain_id).await?;
    let mail = InvitationMail {
        to: email,
        name,
        language: viewer.language.code().to_owned(),
        inviter: viewer.name.clone(),
        organisation: organisation.name,
        terrain: terrain.map(|terrain| terrain.name),
        role: input.role.word().to_owned(),
        message,
        token,
    };
    queue::enqueue(caller, "invitation_mail", &mail, None).await?;
    Ok(Sent::Invitation(id.0))
}

#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites somebody to a role by mail; the link in it works for 14 days, the newest for an address and a role. The aanjager of the
    /// terrain, and who holds the role themself; at most 20 an hour.
    async fn invite(&self, context: &Context<'_>, input: InviteInput) -> Result<InvitePayload> {
        let caller = caller(context)?;
        signed_in(caller).await?;
        match once(caller, input.command_id, &InputType::to_value(&input), send(context, caller, &input)).await? {
            Sent::Invitation(id) => {
                let id = InvitationId(id);
                Ok(InvitePayload::Invited(Invited { id, invitation: waiting(caller, id).await? }))
            }
            Sent::TooMany => Ok(InvitePayload::TooMany(TooManyInvitations { most: AN_HOUR })),
        }
    }

    /// Takes an invitation back: its link does not work any more.
    async fn withdraw_invitation(&self, context: &Context<'_>, input: WithdrawInvitationInput) -> Result<WithdrawInvitationPayload> {
        let caller = caller(context)?;
        signed_in(caller).await?;
        let id = input.invitation_id;
        once(caller, input.command_id, &InputType::to_value(&input), async {
            let before = waiting(caller, id).await?.ok_or(Error::NotFound(Subject::Thing))?;
            may(caller.actor().await?, Action::WithdrawRole, On::Role(before.place())).map_err(Error::Forbidden)?;
            match caller.run("update invitation set withdrawn_at = app.now() where id = $1 and withdrawn_at is null", [id.into()]).await? {
                0 => Err(Error::NotFound(Subject::Thing)),
                _ => Ok(()),
            }
        })
        .await?;
        Ok(WithdrawInvitationPayload::Withdrawn(InvitationWithdrawn { id }))
    }
}

/// What an invitation is, for whoever holds its link.
#[derive(Debug, Clone, FromQueryResult, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    organisation: String,
    /// Of the organisation.
    kind: String,
    role: String,
    terrain: Option<String>,
    inviter: Option<String>,
    email: String,
    name: Option<String>,
    /// Whether the address has an account already, which gets the role.
    known: bool,
    expires_at: DateTime<Utc>,
}

/// Looks at an invitation and changes nothing. `None` when it does not stand (any more).
///
/// # Errors
/// As the database answers.
pub async fn show(caller: &Caller, token: &str) -> Result<Option<Shown>> {
    let shown: Option<Shown> = caller.one("select * from app.show_invitation($1)", [token_hash(token).into()]).await?;
    Ok(shown.map(|shown| Shown { role: shown.role.to_uppercase(), ..shown }))
}

/// What saying yes came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Accepted {
    /// Somebody new is here, with a session of this secret.
    Entered(String),
    /// Whoever asks has the role, and goes on with a session of this secret.
    SignedIn(String),
    /// Somebody with an account has the role, and signs in as always.
    SignIn,
}

#[derive(FromQueryResult)]
struct Answer {
    answer: Option<String>,
}

/// Takes the role, for the address that the invitation was mailed to. `None` when it does not stand (any more).
///
/// # Errors
/// `Invalid` for a name that is too long; as the database answers.
pub async fn accept(caller: &Caller, token: &str, name: Option<String>, language: Language, device: &str) -> Result<Option<Accepted>> {
    let name = text::optional(name, 120).in_field("name")?.map(|name| name.replace(['\n', '\t'], " "));
    let session = secret();
    let answer: Option<Answer> = caller
        .one(
            "select app.accept_invitation($1, $2, $3, $4, $5, $6, $7, $8) as answer",
            [
                token_hash(token).into(),
                new_id().into(),
                name.into(),
                language.code().into(),
                new_id().into(),
                new_id().into(),
                SessionHash::of(&session).bytes().into(),
                device.into(),
            ],
        )
        .await?;
    Ok(match answer.and_then(|answer| answer.answer).as_deref() {
        Some("entered") => Some(Accepted::Entered(session)),
        Some("signed in") => Some(Accepted::SignedIn(session)),
        Some("sign in") => Some(Accepted::SignIn),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_and_nothing_more() {
        assert_eq!(address(" Iemand@Elders.Example "), Ok("iemand@elders.example".to_owned()));
        assert_eq!(address("  "), Err(Reason::Required));
        for odd in ["iemand", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b.nl>", &format!("{}@x.nl", "a".repeat(300))] {
            assert_eq!(address(odd), Err(Reason::DoesNotFit), "{odd}");
        }
    }
}
