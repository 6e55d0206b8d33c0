import { know } from '../document-ids';
import { documentIds } from '../generated/document-ids-access';
import { graphql } from '../graphql';

know(documentIds);

export const passkeysQuery = graphql(`
  query Passkeys {
    passkeys {
      id
      name
      createdAt
      lastUsedAt
    }
  }
`);

export const sessionsQuery = graphql(`
  query Sessions {
    sessions {
      id
      device
      method
      createdAt
      lastSeenAt
      current
    }
  }
`);

export const accessTokensQuery = graphql(`
  query AccessTokens {
    accessTokens {
      id
      name
      scopes
      createdAt
      lastUsedAt
      validUntil
    }
  }
`);

export const renamePasskey = graphql(`
  mutation RenamePasskey($id: ID!, $name: String!) {
    renamePasskey(id: $id, name: $name) {
      __typename
    }
  }
`);

export const removePasskey = graphql(`
  mutation RemovePasskey($id: ID!) {
    removePasskey(id: $id) {
      __typename
    }
  }
`);

export const revokeSession = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id) {
      __typename
    }
  }
`);

export const revokeOtherSessions = graphql(`
  mutation RevokeOtherSessions {
    revokeOtherSessions {
      __typename
    }
  }
`);

export const createAccessToken = graphql(`
  mutation CreateAccessToken($input: CreateAccessTokenInput!) {
    createAccessToken(input: $input) {
      __typename
      ... on AccessTokenCreated {
        secret
      }
      ... on TooManyAccessTokens {
        most
      }
    }
  }
`);

export const revokeAccessToken = graphql(`
  mutation RevokeAccessToken($input: RevokeAccessTokenInput!) {
    revokeAccessToken(input: $input) {
      __typename
    }
  }
`);

export const eraseMe = graphql(`
  mutation EraseMe($input: EraseMeInput!) {
    eraseMe(input: $input) {
      __typename
      ... on HandOverFirst {
        terrains {
          id
          name
        }
      }
    }
  }
`);
