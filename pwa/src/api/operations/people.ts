import { know } from '../document-ids';
import { documentIds } from '../generated/document-ids-access';
import { graphql } from '../graphql';
import { permissionFields } from './fragments';

know(documentIds);

export const peopleQuery = graphql(
  `
    query People($terrainId: ID, $organisationId: ID, $first: Int!, $after: String) {
      people(terrainId: $terrainId, organisationId: $organisationId, first: $first, after: $after) {
        edges {
          node {
            id
            person {
              id
              name
            }
            organisation {
              id
              name
              kind
            }
            role
            terrain {
              id
              name
            }
            validFrom
            validUntil
            viewerCan {
              withdraw {
                ...PermissionFields
              }
              handOver {
                ...PermissionFields
              }
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [permissionFields],
);

export const invitationsQuery = graphql(
  `
    query Invitations($terrainId: ID, $organisationId: ID, $first: Int!, $after: String) {
      invitations(terrainId: $terrainId, organisationId: $organisationId, first: $first, after: $after) {
        edges {
          node {
            id
            email
            name
            organisation {
              id
              name
            }
            role
            terrain {
              id
              name
            }
            createdAt
            expiresAt
            viewerCan {
              withdraw {
                ...PermissionFields
              }
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [permissionFields],
);

export const roleChoicesQuery = graphql(
  `
    query RoleChoices($organisationId: ID!, $terrainId: ID) {
      roleChoices(organisationId: $organisationId, terrainId: $terrainId) {
        role
        invite {
          ...PermissionFields
        }
      }
    }
  `,
  [permissionFields],
);

export const invite = graphql(`
  mutation Invite($input: InviteInput!) {
    invite(input: $input) {
      __typename
      ... on TooManyInvitations {
        most
      }
    }
  }
`);

export const withdrawInvitation = graphql(`
  mutation WithdrawInvitation($input: WithdrawInvitationInput!) {
    withdrawInvitation(input: $input) {
      __typename
    }
  }
`);

export const grantRole = graphql(`
  mutation GrantRole($input: GrantRoleInput!) {
    grantRole(input: $input) {
      __typename
    }
  }
`);

export const withdrawRole = graphql(`
  mutation WithdrawRole($input: WithdrawRoleInput!) {
    withdrawRole(input: $input) {
      __typename
    }
  }
`);

export const handOverRole = graphql(`
  mutation HandOverRole($input: HandOverRoleInput!) {
    handOverRole(input: $input) {
      __typename
    }
  }
`);
