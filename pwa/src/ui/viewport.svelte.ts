const query = typeof matchMedia === 'undefined' ? null : matchMedia('(min-width: 1024px)');

/** Whether there is room for the desk: rail, panels and map side by side. */
export const viewport = $state({ desk: query?.matches ?? false });
query?.addEventListener('change', (event) => {
  viewport.desk = event.matches;
});
