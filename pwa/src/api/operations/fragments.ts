import { graphql } from '../graphql';

export const terrainFields = graphql(`
  fragment TerrainFields on Terrain {
    id
    name
    locality
    areaM2
    terrainAudience: audience
    geometry
    counts {
      companies
      openIssues
    }
    viewerCan {
      reportIssue {
        allowed
        reason
      }
    }
  }
`);

export const permissionFields = graphql(`
  fragment PermissionFields on Permission {
    allowed
    reason
  }
`);

export const issueFields = graphql(
  `
    fragment IssueFields on Issue {
      id
      kind
      theme
      title
      description
      geometry
      placeLabel
      audience
      state
      stateReason
      reporterRole
      organisation {
        name
      }
      mine
      plot {
        id
      }
      company {
        id
      }
      infrastructure {
        id
      }
      supportCount
      commentCount
      viewerSupport {
        id
        company {
          id
        }
        willingness
      }
      reportedAt
      version
      outsideTerrain
      viewerCan {
        edit {
          ...PermissionFields
        }
        share {
          ...PermissionFields
        }
        changeState {
          ...PermissionFields
        }
        support {
          ...PermissionFields
        }
        supportForCompany {
          ...PermissionFields
        }
        comment {
          ...PermissionFields
        }
        withdraw {
          ...PermissionFields
        }
      }
    }
  `,
  [permissionFields],
);

export const commentFields = graphql(`
  fragment CommentFields on IssueComment {
    id
    issueId
    text
    authorRole
    organisation {
      name
    }
    mine
    writtenAt
  }
`);
