/** Rows to a page: what a connection gives at once to the app. */
const PAGE = 100;
/** Beyond this a list helps nobody; the rest is said to be there. */
const MOST = 1000;

interface Page<Node> {
  edges: { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/** Reads a connection page by page. `more`: it went on past what a screen shows. */
export async function readAll<Node>(
  read: (first: number, after: string | null) => Promise<Page<Node>>,
): Promise<{ rows: Node[]; more: boolean }> {
  const rows: Node[] = [];
  let after: string | null = null;
  do {
    const page: Page<Node> = await read(PAGE, after);
    rows.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after && rows.length < MOST);
  return { rows, more: after !== null };
}
