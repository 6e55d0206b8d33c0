//! Vocabularies: words of the graph that are text with a check in the database (an enum there switches indexes off under policies).

/// Declares an enum of the graph with its word in the database.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$word_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, async_graphql::Enum)]
        pub enum $name { $($(#[$word_meta])* $variant),+ }

        impl $name {
            /// The word in the database.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The variant of a word in the database.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl sea_orm::TryGetable for $name {
            fn try_get_by<I: sea_orm::ColIdx>(row: &sea_orm::QueryResult, index: I) -> Result<Self, sea_orm::TryGetError> {
                let word = String::try_get_by(row, index)?;
                Self::from_word(&word)
                    .ok_or_else(|| sea_orm::TryGetError::DbErr(sea_orm::DbErr::Type(format!(concat!(stringify!($name), " has no word {}"), word))))
            }
        }

        impl terrein_shared::written::Json for $name {
            fn json(&self, out: &mut Vec<u8>) {
                terrein_shared::written::enum_json(*self, out);
            }
        }

        impl From<$name> for sea_orm::Value {
            fn from(value: $name) -> Self {
                value.word().into()
            }
        }
    };
}
