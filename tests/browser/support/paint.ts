import type { Page } from '@playwright/test';

/** Share of the pixels of a picture that have a colour, by its name in tokens.css; colours may be off by a step or two. */
export async function sharesOf(page: Page, tokens: string[]): Promise<Record<string, number>> {
  const map = page.locator('.map').first();
  const picture = await map.screenshot();
  const colours = await page.evaluate((names) => {
    const probe = document.createElement('span');
    document.body.append(probe);
    const computed = getComputedStyle(probe);
    const found = names.map((name) => {
      probe.style.color = `var(${name})`;
      return [
        name,
        computed.color
          .match(/[\d.]+/g)
          ?.slice(0, 3)
          .map(Number) ?? [],
      ] as const;
    });
    probe.remove();
    return found;
  }, tokens);
  // An empty page: no policy of ours there, so it may read a picture back.
  const reader = await page.context().newPage();
  const shares = await reader.evaluate(
    async ([base64, wanted]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      return Object.fromEntries(
        wanted.map(([name, [r = 0, g = 0, b = 0]]) => {
          let count = 0;
          for (let i = 0; i < data.length; i += 4) {
            const off = Math.max(
              Math.abs((data[i] ?? 0) - r),
              Math.abs((data[i + 1] ?? 0) - g),
              Math.abs((data[i + 2] ?? 0) - b),
            );
            if (off <= 2) count += 1;
          }
          return [name, count / (data.length / 4)];
        }),
      );
    },
    [picture.toString('base64'), colours] as const,
  );
  await reader.close();
  return shares;
}
