import { expect, it } from 'vitest';
import { minutes } from './minutes';

it('a minute is 1:00, and a second less is 0:59', () => {
  expect([120, 61, 60, 59, 5, 0].map(minutes)).toEqual(['2:00', '1:01', '1:00', '0:59', '0:05', '0:00']);
});
