//! Observation: what somebody saw on the spot, as the answer to a question that only a look there answers (is the company still there, is the
//! hall empty). It stands beside what the registers say: no import changes or removes it. The newest per subject and question counts.

mod graphql;
mod rules;
mod service;

pub use graphql::{Observation, ObservationConnection, ObservationMutation};
pub use rules::ObservationQuestion;
pub use service::{list_observations, newest_of};
