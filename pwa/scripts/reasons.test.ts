import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType } from 'graphql';
import { expect, it } from 'vitest';
import { hasWords, reasonWord } from '../src/i18n/reasons';

const server = (path: string): string =>
  readFileSync(new URL(`../../server/${path}`, import.meta.url), 'utf8');

it('has words for every reason why something may not be done', () => {
  const denial = buildSchema(server('schema.graphql')).getType('Denial');
  const codes = isEnumType(denial) ? denial.getValues().map(({ name }) => name) : [];
  expect(codes).toContain('NOT_FOR_TOKENS');
  expect(codes.filter((code) => !hasWords(code))).toEqual([]);
});

it('has words for every reason why a field is refused, as the server writes it', () => {
  const codes = [...server('messages/nl.ftl').matchAll(/^reason-([a-z-]+) =/gm)].map(
    ([, code]) => code ?? '',
  );
  expect(codes).toContain('does-not-fit');
  expect(codes.filter((code) => !hasWords(code))).toEqual([]);
});

it('has a general sentence for what it does not know', () => {
  expect(hasWords('NEVER_HEARD_OF')).toBe(false);
  expect(reasonWord('NEVER_HEARD_OF')).toBe(reasonWord(null));
});
