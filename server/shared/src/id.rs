//! Ids: a UUIDv7 with the kind of thing it names, `plot:0190…` in the graph. Minted by the phone too: an id, never a clock or a secret.

pub use uuid::Uuid;

/// Mints a new id.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that mints ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Splits `plot:0190…` into its kind and UUID.
#[must_use]
pub fn parse(text: &str) -> Option<(&str, Uuid)> {
    let (kind, id) = text.split_once(':')?;
    Some((kind, Uuid::try_parse(id).ok()?))
}

/// Declares an id of one kind: a newtype over [`Uuid`] that is `ID` in the graph and refuses ids of another kind.
#[macro_export]
macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $kind:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub $crate::id::Uuid);

        impl $name {
            /// The word before the colon.
            pub const KIND: &'static str = $kind;

            /// Mints a new one.
            #[must_use]
            pub fn new() -> Self {
                Self($crate::id::new_id())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($kind, ":{}"), self.0)
            }
        }

        impl From<$crate::id::Uuid> for $name {
            fn from(id: $crate::id::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for sea_orm::Value {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl sea_orm::TryGetable for $name {
            fn try_get_by<I: sea_orm::ColIdx>(row: &sea_orm::QueryResult, index: I) -> Result<Self, sea_orm::TryGetError> {
                <$crate::id::Uuid as sea_orm::TryGetable>::try_get_by(row, index).map(Self)
            }
        }

        impl async_graphql::InputType for $name {
            type RawValueType = Self;
            fn type_name() -> std::borrow::Cow<'static, str> {
                "ID".into()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::InputType>::create_type_info(registry)
            }
            fn parse(value: Option<async_graphql::Value>) -> async_graphql::InputValueResult<Self> {
                match value {
                    Some(async_graphql::Value::String(text)) => match $crate::id::parse(&text) {
                        Some((kind, id)) if kind == $kind => Ok(Self(id)),
                        _ => Err(async_graphql::InputValueError::custom(concat!("wrong-id: expected an id like \"", $kind, ":…\""))),
                    },
                    other => Err(async_graphql::InputValueError::expected_type(other.unwrap_or_default())),
                }
            }
            fn to_value(&self) -> async_graphql::Value {
                self.to_string().into()
            }
            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl $crate::written::Json for $name {
            fn json(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(concat!("\"", $kind, ":").as_bytes());
                out.extend_from_slice(self.0.hyphenated().encode_lower(&mut [0; 36]).as_bytes());
                out.push(b'"');
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                "ID".into()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::OutputType>::create_type_info(registry)
            }
            async fn resolve(
                &self,
                _: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                Ok(self.to_string().into())
            }
        }
    };
}

id!(/** A business park. */ TerrainId, "terrain");
id!(/** A cadastral parcel. */ PlotId, "plot");
id!(/** A BAG building. */ BuildingId, "building");
id!(/** A BAG address. */ AddressId, "address");
id!(/** A company's establishment. */ CompanyId, "company");
id!(/** Who uses, rents or owns what. */ OccupancyId, "occupancy");
id!(/** A station, cable, lamp, camera … */ InfrastructureId, "infrastructure");
id!(/** A problem, opportunity or challenge on the map. */ IssueId, "issue");
id!(/** A party's stake in an issue. */ SupportId, "support");
id!(/** A comment on an issue. */ IssueCommentId, "comment");
id!(/** A photo of an issue. */ PhotoId, "photo");
id!(/** A voice note on an issue. */ VoiceNoteId, "voice-note");
id!(/** One line of an issue's history. */ IssueEventId, "event");
id!(/** What was seen on the spot. */ ObservationId, "observation");
id!(/** A talk with a company or somebody else. */ ConversationId, "conversation");
id!(/** What was said that would be done. */ PromiseId, "promise");
id!(/** Somebody with an account. */ PersonId, "person");
id!(/** A party. */ OrganisationId, "organisation");
id!(/** A role of a person. */ MembershipId, "membership");
id!(/** A signed-in device. */ SessionId, "session");
id!(/** A key somebody signs in with. */ PasskeyId, "passkey");
id!(/** A role somebody was asked to take. */ InvitationId, "invitation");
id!(/** What a program of somebody's shows. */ AccessTokenId, "token");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_kind() {
        let id = PlotId::new();
        assert_eq!(parse(&id.to_string()), Some(("plot", id.0)));
        assert_eq!(parse("plot:nonsense"), None);
        assert_eq!(parse("plot"), None);
    }
}
