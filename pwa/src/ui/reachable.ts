const FOCUSABLE = 'a[href], button, input, select, textarea, summary';

/** What scrolls and holds nothing to step to is itself stepped to, so that the keys scroll it: long text on a small screen. */
export function reachable(node: HTMLElement): () => void {
  const look = (): void => {
    if (node.scrollHeight > node.clientHeight && !node.querySelector(FOCUSABLE)) node.tabIndex = 0;
    else node.removeAttribute('tabindex');
  };
  const resized = new ResizeObserver(look);
  resized.observe(node);
  const changed = new MutationObserver(look);
  changed.observe(node, { childList: true, subtree: true, characterData: true });
  return () => {
    resized.disconnect();
    changed.disconnect();
  };
}
