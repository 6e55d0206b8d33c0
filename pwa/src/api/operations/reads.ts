import { graphql } from '../graphql';
import {
  commentFields,
  conversationFields,
  issueFields,
  observationFields,
  photoFields,
  promiseFields,
  terrainFields,
  voiceNoteFields,
} from './fragments';

export const viewerQuery = graphql(`
  query Viewer {
    viewer {
      id
      name
      email
      language
      needsStrongSignIn
      memberships {
        role
        organisation {
          id
          name
        }
        terrain {
          id
        }
      }
    }
  }
`);

export const terrainsQuery = graphql(
  `
    query Terrains($first: Int!, $after: String, $text: String) {
      terrains(first: $first, after: $after, filter: { text: $text }) {
        edges {
          node {
            ...TerrainFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [terrainFields],
);

/** What a list begins with. */
export const firstIssuesQuery = graphql(
  `
    query FirstIssues($terrain: ID!, $first: Int!) {
      terrain(id: $terrain) {
        __typename
        id
        ...TerrainFields
        issues(first: $first) {
          edges {
            node {
              __typename
              id
              ...IssueFields
            }
          }
        }
      }
    }
  `,
  [terrainFields, issueFields],
);

export const changesQuery = graphql(
  `
    query Changes($terrain: ID!, $since: String, $first: Int!) {
      changes(terrains: [$terrain], since: $since, first: $first) {
        cursor
        more
        resync
        items {
          kind
          id
          node {
            __typename
            ...TerrainFields
            ...IssueFields
            ...CommentFields
            ...ConversationFields
            ...PromiseFields
            ...ObservationFields
            ...PhotoFields
            ...VoiceNoteFields
            ... on Plot {
              id
              key
              section
              number
              areaM2
              geometry
            }
            ... on Building {
              id
              uses
              buildingGeometry: geometry
            }
            ... on Address {
              id
              label
              street
              houseNumber
              geometry
            }
            ... on Company {
              id
              name
              addressLabel
              sbiCode
              companyGeometry: geometry
              mine
            }
            ... on Occupancy {
              id
              occupancyKind: kind
              occupant: company {
                id
              }
              plot {
                id
              }
            }
            ... on Infrastructure {
              id
              infrastructureKind: kind
              infrastructureName: name
              geometry
            }
          }
        }
      }
    }
  `,
  [
    terrainFields,
    issueFields,
    commentFields,
    conversationFields,
    promiseFields,
    observationFields,
    photoFields,
    voiceNoteFields,
  ],
);

/** What the feed does not carry: who is named, who supports, what happened. Newest first. */
export const issueDetailQuery = graphql(`
  query IssueDetail($id: ID!) {
    node(id: $id) {
      ... on Issue {
        id
        parties(first: 50) {
          edges {
            node {
              id
              name
              addressLabel
            }
          }
        }
        supports(first: 50) {
          edges {
            node {
              id
              company {
                id
                name
              }
              organisation {
                name
              }
              willingness
              givenAt
            }
          }
        }
        history(first: 50) {
          edges {
            node {
              id
              kind
              actorRole
              happenedAt
              fromState
              toState
              reason
              fromAudience
              toAudience
            }
          }
        }
      }
    }
  }
`);

export const terrainChanged = graphql(`
  subscription TerrainChanged($terrains: [ID!]!) {
    terrainChanged(terrains: $terrains) {
      terrainId
      refetch
    }
  }
`);
