import { validationError } from '../template/template-model.ts';

/**
 * One page of `items`. The token names the last item of the page before, so that items which join the list at its
 * front between two calls neither repeat nor hide others.
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  token: string | undefined,
  size: number,
): { items: Item[]; NextToken?: string } {
  const previous = token === undefined ? -1 : items.findIndex((item) => keyOf(item) === token);
  if (token !== undefined && previous < 0) throw validationError('The NextToken parameter is invalid.');
  const page = items.slice(previous + 1, previous + 1 + size);
  const last = page.at(-1);
  const hasMore = previous + 1 + size < items.length;
  return { items: page, ...(hasMore && last !== undefined && { NextToken: keyOf(last) }) };
}
