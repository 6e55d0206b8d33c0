import { expect, it } from 'vitest';
import en from './messages/en.json';
import nl from './messages/nl.json';

const inputs = (message: unknown): string[] =>
  [...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

it('says everything in both languages, with the same facts filled in', () => {
  expect(Object.keys(en)).toEqual(Object.keys(nl));
  for (const key of Object.keys(nl) as (keyof typeof nl)[]) {
    expect(new Set(inputs(en[key])), key).toEqual(new Set(inputs(nl[key])));
  }
});

it('does not shout', () => {
  expect(JSON.stringify([nl, en])).not.toMatch(/!|oeps/i);
});
