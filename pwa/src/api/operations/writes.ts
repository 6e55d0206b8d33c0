import { graphql } from '../graphql';
import { commentFields, issueFields } from './fragments';

export const reportIssue = graphql(
  `
    mutation ReportIssue($input: ReportIssueInput!) {
      reportIssue(input: $input) {
        __typename
        ... on IssueReported {
          issue {
            ...IssueFields
          }
        }
      }
    }
  `,
  [issueFields],
);

export const editIssue = graphql(
  `
    mutation EditIssue($input: EditIssueInput!) {
      editIssue(input: $input) {
        __typename
        ... on IssueEdited {
          issue {
            ...IssueFields
          }
        }
        ... on ChangedMeanwhile {
          fields
          issue {
            ...IssueFields
          }
        }
      }
    }
  `,
  [issueFields],
);

export const shareIssue = graphql(
  `
    mutation ShareIssue($input: ShareIssueInput!) {
      shareIssue(input: $input) {
        __typename
        ... on IssueShared {
          issue {
            ...IssueFields
          }
        }
        ... on ChangedMeanwhile {
          fields
          issue {
            ...IssueFields
          }
        }
      }
    }
  `,
  [issueFields],
);

export const changeIssueState = graphql(
  `
    mutation ChangeIssueState($input: ChangeIssueStateInput!) {
      changeIssueState(input: $input) {
        __typename
        ... on IssueStateChanged {
          issue {
            ...IssueFields
          }
        }
        ... on ChangedMeanwhile {
          fields
          issue {
            ...IssueFields
          }
        }
      }
    }
  `,
  [issueFields],
);

export const withdrawIssue = graphql(`
  mutation WithdrawIssue($input: WithdrawIssueInput!) {
    withdrawIssue(input: $input) {
      __typename
      ... on IssueWithdrawn {
        id
      }
    }
  }
`);

export const supportIssue = graphql(
  `
    mutation SupportIssue($input: SupportIssueInput!) {
      supportIssue(input: $input) {
        __typename
        ... on IssueSupported {
          issue {
            ...IssueFields
          }
        }
      }
    }
  `,
  [issueFields],
);

export const withdrawSupport = graphql(
  `
    mutation WithdrawSupport($input: WithdrawSupportInput!) {
      withdrawSupport(input: $input) {
        __typename
        ... on SupportWithdrawn {
          issue {
            ...IssueFields
          }
        }
      }
    }
  `,
  [issueFields],
);

export const commentOnIssue = graphql(
  `
    mutation CommentOnIssue($input: CommentOnIssueInput!) {
      commentOnIssue(input: $input) {
        __typename
        ... on IssueCommented {
          comment {
            ...CommentFields
          }
          issue {
            ...IssueFields
          }
        }
      }
    }
  `,
  [issueFields, commentFields],
);

export const setLanguage = graphql(`
  mutation SetLanguage($input: SetLanguageInput!) {
    setLanguage(input: $input) {
      __typename
    }
  }
`);
