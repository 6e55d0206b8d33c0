import type { Page } from '@playwright/test';

const CONTROLS = 'a[href], button, input, select, textarea, summary, [role=option]';

/** Controls that reach past the sides of the screen where nothing scrolls, and how far the page itself scrolls sideways. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate((controls) => {
    const faults: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide`);
    const scrolls = (element: Element): boolean => {
      for (let up = element.parentElement; up; up = up.parentElement)
        if (/auto|scroll/.test(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth)
          return true;
      return false;
    };
    for (const element of document.querySelectorAll(controls)) {
      // Pins lie on the map, which is wider than the screen by its nature.
      if (element.closest('.pins') || !element.checkVisibility()) continue;
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 0 && (left < -1 || right > innerWidth + 1) && !scrolls(element))
        faults.push(`${name(element)}: from ${Math.round(left)} to ${Math.round(right)} px`);
    }
    return faults;
    function name(element: Element): string {
      return `${element.localName} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`;
    }
  }, CONTROLS);
}

/** Controls that take less than `least` px in either direction, with what their label or an invisible rim adds. */
export async function tooSmall(page: Page, least: number): Promise<string[]> {
  return page.evaluate(
    ([controls, least]) => {
      const faults: string[] = [];
      for (const element of document.querySelectorAll(controls)) {
        // Off the screen until it has the focus; and pins, which lie where the world has them, with the list for thumbs.
        if (
          element.matches('.skip, [role=option], .pins *') ||
          !element.checkVisibility({ visibilityProperty: true })
        )
          continue;
        const target = (element.matches('input') && element.closest('label')) || element;
        const box = target.getBoundingClientRect();
        if (box.width === 0) continue;
        let [wide, high] = [box.width, box.height];
        const rim = getComputedStyle(element, '::after');
        if (rim.content !== 'none' && rim.position === 'absolute') {
          wide = Math.max(wide, parseFloat(rim.width) || 0);
          high = Math.max(high, parseFloat(rim.height) || 0);
        }
        if (wide < least - 0.5 || high < least - 0.5) {
          const name = (element.getAttribute('aria-label') ?? target.textContent).trim().slice(0, 40);
          faults.push(
            `${element.localName}.${element.getAttribute('class')?.split(' ')[0] ?? ''} "${name}": ${Math.round(wide)} x ${Math.round(high)} px`,
          );
        }
      }
      return [...new Set(faults)];
    },
    [CONTROLS, least] as const,
  );
}
