import { expect, it } from 'vitest';
import { headingOf } from './compass';

const said = (event: object): DeviceOrientationEvent => event as DeviceOrientationEvent;

it('reads where the phone points clockwise from north, and nothing from angles that count from anywhere', () => {
  expect(headingOf(said({ absolute: true, alpha: 90 }))).toBe(270);
  expect(headingOf(said({ absolute: true, alpha: 0 }))).toBe(0);
  expect(headingOf(said({ absolute: false, alpha: 90 }))).toBeNull();
  expect(headingOf(said({ absolute: true, alpha: null }))).toBeNull();
  expect(headingOf(said({ absolute: false, alpha: 10, webkitCompassHeading: 42 }))).toBe(42);
});
