const DEFAULT_LIMIT = 25;
const LARGEST_LIMIT = 500;

/** One page of a listing; `position` is absent on the last. A limit below 1 counts as none, as recorded. */
export function page<Item>(
  items: readonly Item[],
  request: { position?: string | undefined; limit?: number | undefined },
): { items: Item[]; position?: string } {
  const limit = request.limit && request.limit > 0 ? Math.min(request.limit, LARGEST_LIMIT) : DEFAULT_LIMIT;
  const start = request.position ? Number(Buffer.from(request.position, 'base64url').toString()) || 0 : 0;
  const end = start + limit;
  const found = items.slice(start, end);
  return end < items.length
    ? { items: found, position: Buffer.from(String(end)).toString('base64url') }
    : { items: found };
}
