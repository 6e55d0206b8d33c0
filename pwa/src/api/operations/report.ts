import { know } from '../document-ids';
import { documentIds } from '../generated/document-ids-access';
import { graphql } from '../graphql';

know(documentIds);

/** Whether the server holds these, for whoever asks: a score at a time, and nothing more of each than its name. */
export const heldQuery = graphql(`
  query Held(
    $a1: ID!
    $a2: ID!
    $a3: ID!
    $a4: ID!
    $a5: ID!
    $a6: ID!
    $a7: ID!
    $a8: ID!
    $a9: ID!
    $a10: ID!
    $a11: ID!
    $a12: ID!
    $a13: ID!
    $a14: ID!
    $a15: ID!
    $a16: ID!
    $a17: ID!
    $a18: ID!
    $a19: ID!
    $a20: ID!
  ) {
    a1: node(id: $a1) {
      id
    }
    a2: node(id: $a2) {
      id
    }
    a3: node(id: $a3) {
      id
    }
    a4: node(id: $a4) {
      id
    }
    a5: node(id: $a5) {
      id
    }
    a6: node(id: $a6) {
      id
    }
    a7: node(id: $a7) {
      id
    }
    a8: node(id: $a8) {
      id
    }
    a9: node(id: $a9) {
      id
    }
    a10: node(id: $a10) {
      id
    }
    a11: node(id: $a11) {
      id
    }
    a12: node(id: $a12) {
      id
    }
    a13: node(id: $a13) {
      id
    }
    a14: node(id: $a14) {
      id
    }
    a15: node(id: $a15) {
      id
    }
    a16: node(id: $a16) {
      id
    }
    a17: node(id: $a17) {
      id
    }
    a18: node(id: $a18) {
      id
    }
    a19: node(id: $a19) {
      id
    }
    a20: node(id: $a20) {
      id
    }
  }
`);
