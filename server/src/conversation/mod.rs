//! Conversation: what was said with a company, an owner, the municipality or a group, what was promised, and who was not spoken to yet.
//! All of it is the team's: the maker's organisation, as far as its people talk with parties of the terrain. A private note is its author's.

mod graphql;
mod input;
mod promise;
mod promise_service;
mod queries;
mod rules;
mod service;

pub use graphql::{Conversation, ConversationConnection, Coverage, CoverageConnection};
pub use input::ConversationMutation;
pub use promise::{Promise, PromiseConnection, PromiseMutation};
pub use queries::{ConversationFilter, PromiseFilter, list_conversations, list_coverage, list_promises};
pub use rules::{ConversationSharing, ConversationWillingness, PromiseOwner};
