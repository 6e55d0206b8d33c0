import { know } from '../document-ids';
import { documentIds } from '../generated/document-ids-access';
import { graphql } from '../graphql';
import { photoFields, voiceNoteFields } from './fragments';

know(documentIds);

export const describePhoto = graphql(
  `
    mutation DescribePhoto($input: DescribePhotoInput!) {
      describePhoto(input: $input) {
        __typename
        ... on PhotoDescribed {
          photo {
            ...PhotoFields
          }
        }
      }
    }
  `,
  [photoFields],
);

export const checkPhoto = graphql(
  `
    mutation CheckPhoto($input: CheckPhotoInput!) {
      checkPhoto(input: $input) {
        __typename
        ... on PhotoChecked {
          photo {
            ...PhotoFields
          }
        }
      }
    }
  `,
  [photoFields],
);

export const removePhoto = graphql(`
  mutation RemovePhoto($input: RemovePhotoInput!) {
    removePhoto(input: $input) {
      __typename
      ... on PhotoRemoved {
        id
      }
    }
  }
`);

export const confirmTranscript = graphql(
  `
    mutation ConfirmTranscript($input: ConfirmTranscriptInput!) {
      confirmTranscript(input: $input) {
        __typename
        ... on TranscriptConfirmed {
          voiceNote {
            ...VoiceNoteFields
          }
        }
      }
    }
  `,
  [voiceNoteFields],
);

export const removeVoiceNote = graphql(`
  mutation RemoveVoiceNote($input: RemoveVoiceNoteInput!) {
    removeVoiceNote(input: $input) {
      __typename
      ... on VoiceNoteRemoved {
        id
      }
    }
  }
`);
