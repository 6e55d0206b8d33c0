import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Visit } from '../fixtures';
import { tour } from '../pages/tour';
import { tooSmall, tooWide } from '../support/layout';

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
      const { violations } = await new AxeBuilder({ page })
        // No frames here, so no second page to gather them in; and only what is wrong is told.
        .setLegacyMode()
        .options({ resultTypes: ['violations'] })
        // Sizes are measured by tooSmall, which asks more, and knows that pins lie where the world has them.
        .disableRules('target-size')
        .analyze();
      for (const { id, nodes } of violations)
        for (const node of nodes)
          faults.push(`${screen}: ${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`);
      for (const fault of await tooSmall(page, device === 'phone' ? 48 : 24))
        faults.push(`${screen}: too small: ${fault}`);
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
