import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { tooSmall } from './layout';

/** What axe finds wrong on a screen, and which of its controls are too small for what holds it. */
export async function faultsOf(page: Page, device: 'phone' | 'desk'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // No frames here, so no second page to gather them in; and only what is wrong is told.
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    // Sizes are measured by tooSmall, which asks more, and knows that pins lie where the world has them.
    .disableRules('target-size')
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
  const small = await tooSmall(page, device === 'phone' ? 48 : 24);
  return [...found, ...small.map((fault) => `too small: ${fault}`)];
}
