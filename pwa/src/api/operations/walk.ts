import { know } from '../document-ids';
import { documentIds } from '../generated/document-ids-access';
import { graphql } from '../graphql';
import { conversationFields, observationFields, promiseFields } from './fragments';

know(documentIds);

export const recordConversation = graphql(
  `
    mutation RecordConversation($input: RecordConversationInput!) {
      recordConversation(input: $input) {
        __typename
        ... on ConversationRecorded {
          conversation {
            ...ConversationFields
          }
        }
      }
    }
  `,
  [conversationFields],
);

export const withdrawConversation = graphql(`
  mutation WithdrawConversation($input: WithdrawConversationInput!) {
    withdrawConversation(input: $input) {
      __typename
      ... on ConversationWithdrawn {
        id
      }
    }
  }
`);

export const makePromise = graphql(
  `
    mutation MakePromise($input: MakePromiseInput!) {
      makePromise(input: $input) {
        __typename
        ... on PromiseMade {
          promise {
            ...PromiseFields
          }
        }
      }
    }
  `,
  [promiseFields],
);

export const keepPromise = graphql(
  `
    mutation KeepPromise($input: KeepPromiseInput!) {
      keepPromise(input: $input) {
        __typename
        ... on PromiseKept {
          promise {
            ...PromiseFields
          }
        }
      }
    }
  `,
  [promiseFields],
);

export const withdrawPromise = graphql(`
  mutation WithdrawPromise($input: WithdrawPromiseInput!) {
    withdrawPromise(input: $input) {
      __typename
      ... on PromiseWithdrawn {
        id
      }
    }
  }
`);

export const observe = graphql(
  `
    mutation Observe($input: ObserveInput!) {
      observe(input: $input) {
        __typename
        ... on ObservationMade {
          observation {
            ...ObservationFields
          }
        }
      }
    }
  `,
  [observationFields],
);

export const withdrawObservation = graphql(`
  mutation WithdrawObservation($input: WithdrawObservationInput!) {
    withdrawObservation(input: $input) {
      __typename
      ... on ObservationWithdrawn {
        id
      }
    }
  }
`);
