import { expect, test, type Visit } from '../fixtures';
import { tour } from '../pages/tour';
import { faultsOf } from '../support/faults';
import { tooWide } from '../support/layout';

interface Look {
  device: NonNullable<Visit['device']>;
  colorScheme: 'light' | 'dark';
  locale: 'nl-NL' | 'en-GB';
}

/** Each device in each light, each light in each language. */
const LOOKS: Look[] = [
  { device: 'phone', colorScheme: 'light', locale: 'nl-NL' },
  { device: 'phone', colorScheme: 'dark', locale: 'en-GB' },
  { device: 'desk', colorScheme: 'light', locale: 'en-GB' },
  { device: 'desk', colorScheme: 'dark', locale: 'nl-NL' },
];

for (const { device, colorScheme, locale } of LOOKS) {
  test(`axe finds nothing on any screen: ${device}, ${colorScheme}, ${locale}`, async ({ visit, shoot }) => {
    // Some twenty screens, each looked at by axe.
    test.slow();
    const page = await visit({
      device,
      as: 'aanjager',
      options: { colorScheme, locale, reducedMotion: 'reduce' },
    });
    const faults: string[] = [];
    await tour(page, device, async (screen) => {
      await shoot(page, `screens/${device}-${colorScheme}-${locale.slice(0, 2)}/${screen}`);
      for (const fault of await faultsOf(page, device)) faults.push(`${screen}: ${fault}`);
      expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2));
    });
    expect(faults).toEqual([]);
  });
}

test('every screen holds at 320 px, in the language with the longest words', async ({ visit, shoot }) => {
  const page = await visit({
    device: 'phone',
    as: 'aanjager',
    options: { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' },
  });
  const faults: string[] = [];
  await tour(page, 'phone', async (screen) => {
    await shoot(page, `screens/smal/${screen}`);
    for (const fault of await tooWide(page)) faults.push(`${screen}: ${fault}`);
  });
  expect(faults).toEqual([]);
});
