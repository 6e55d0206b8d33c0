import { know } from '../document-ids';
import { documentIds } from '../generated/document-ids-access';
import { graphql } from '../graphql';

know(documentIds);

export const auditEventsQuery = graphql(`
  query AuditEvents($organisationId: ID, $first: Int!, $after: String) {
    auditEvents(organisationId: $organisationId, first: $first, after: $after) {
      edges {
        node {
          id
          at
          actorKind
          actor
          actorOrganisation
          action
          objectKind
          objectId
          result
          method
          address
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
