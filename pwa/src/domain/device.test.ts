import { expect, it } from 'vitest';
import { deviceOf } from './device';

it('tells browsers apart that name each other', () => {
  const base = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
  expect(deviceOf(`${base} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`)).toEqual({
    browser: 'Edge',
    system: 'Windows',
    phone: false,
  });
  expect(deviceOf(`${base} Chrome/140.0.0.0 Safari/537.36`).browser).toBe('Chrome');
});

it('knows a phone', () => {
  const iphone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
  expect(deviceOf(iphone)).toEqual({ browser: 'Safari', system: 'iPhone', phone: true });
});

it('invents nothing for what it does not know', () => {
  expect(deviceOf('curl/8.0')).toEqual({ browser: null, system: null, phone: false });
});
