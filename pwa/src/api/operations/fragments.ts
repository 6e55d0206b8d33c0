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
      recordConversation {
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
        addFile {
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

export const conversationFields = graphql(
  `
    fragment ConversationFields on Conversation {
      id
      company {
        id
      }
      otherParty
      heldOn
      situation
      needs
      vision
      themes
      willingness
      willingnessForms
      sharing
      attendees
      privateNote
      by
      mine
      createdAt
      version
      viewerCan {
        withdraw {
          ...PermissionFields
        }
      }
    }
  `,
  [permissionFields],
);

export const promiseFields = graphql(
  `
    fragment PromiseFields on Promise {
      id
      conversationId
      promiseIssueId: issueId
      companyId
      text
      ownedBy
      dueOn
      doneAt
      promiseGeometry: geometry
      version
      viewerCan {
        keep {
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

export const observationFields = graphql(`
  fragment ObservationFields on Observation {
    id
    subjectId
    question
    answer
    seenAt
    mine
  }
`);

export const photoFields = graphql(
  `
    fragment PhotoFields on Photo {
      id
      issueId
      photoState: state
      photoRefusal: refusal
      alt
      takenAt
      createdAt
      authorRole
      mine
      checked
      version
      photoAddress: address
      photoCan: viewerCan {
        describe {
          ...PermissionFields
        }
        check {
          ...PermissionFields
        }
        remove {
          ...PermissionFields
        }
      }
    }
  `,
  [permissionFields],
);

export const voiceNoteFields = graphql(
  `
    fragment VoiceNoteFields on VoiceNote {
      id
      issueId
      soundState: state
      soundRefusal: refusal
      durationMs
      soundAddress: address
      transcript
      transcriptState
      takenAt
      createdAt
      authorRole
      mine
      soundUntil
      version
      soundCan: viewerCan {
        confirmTranscript {
          ...PermissionFields
        }
        remove {
          ...PermissionFields
        }
      }
    }
  `,
  [permissionFields],
);
