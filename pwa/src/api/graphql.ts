import type { initGraphQLTada } from 'gql.tada';
import type { introspection } from './generated/graphql-env';
import type { Geometry } from '../domain/geo';

/** A document as it travels: its name, its text and, through `graphql()`, the types of what goes in and out. */
export interface RawDocument {
  name: string;
  text: string;
}

type Tada = ReturnType<
  typeof initGraphQLTada<{
    introspection: introspection;
    disableMasking: true;
    scalars: {
      GeoJSON: Geometry;
      DateTime: string;
      Date: string;
      Cursor: string;
      UUID: string;
      ID: string;
    };
  }>
>;

const NAME = /(?:query|mutation|subscription|fragment)\s+(\w+)/;
const fragments = new WeakMap<RawDocument, RawDocument[]>();

/**
 * Types come from gql.tada; at run time a document stays text, so that no GraphQL parser travels to the phone.
 * Fragments are appended once each, however often they are used.
 */
function document(text: string, uses: readonly unknown[] = []): RawDocument {
  const all = new Set<RawDocument>();
  for (const used of uses as RawDocument[]) {
    all.add(used);
    for (const deeper of fragments.get(used) ?? []) all.add(deeper);
  }
  const own: RawDocument = { name: NAME.exec(text)?.[1] ?? '', text };
  fragments.set(own, [...all]);
  return own;
}

export const graphql = document as unknown as Tada;

/** The whole text that is sent and hashed. */
export function textOf(value: unknown): string {
  const own = value as RawDocument;
  return [own, ...(fragments.get(own) ?? [])].map((part) => part.text.replace(/\s+/g, ' ').trim()).join(' ');
}

export const nameOf = (value: unknown): string => (value as RawDocument).name;
