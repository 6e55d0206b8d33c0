import { expect, it } from 'vitest';
import en from './messages/en.json';
import enText from './messages/en.json?raw';
import nl from './messages/nl.json';
import nlText from './messages/nl.json?raw';

const inputs = (message: unknown): string[] =>
  [...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

it('says everything in both languages, with the same facts filled in', () => {
  expect(Object.keys(en)).toEqual(Object.keys(nl));
  for (const key of Object.keys(nl) as (keyof typeof nl)[]) {
    expect(new Set(inputs(en[key])), key).toEqual(new Set(inputs(nl[key])));
  }
});

it('says each thing under a name of its own: of two with one name the last would be said for both', () => {
  for (const text of [nlText, enText]) {
    const names = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map(([, name]) => name);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  }
});

it('does not shout', () => {
  expect(JSON.stringify([nl, en])).not.toMatch(/!|oeps/i);
});
