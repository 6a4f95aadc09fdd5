import { apiStageName } from '../../platform/api-stage.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Lease } from '../lease.ts';
import { keyText } from './key-text.ts';
import { type Damage, epochText, expiresAt, putItem, type Table } from './table.ts';

/** How long an item that was set aside is kept. */
const LIFETIME_MS = 30 * 24 * 3_600_000;
/** Length of the excerpt, enough for a diagnosis; an item may be as large as DynamoDB allows. */
const LONGEST_EXCERPT = 20_000;

/** The partition that keeps unusable items for diagnosis. */
export const asidePartition = (lease: Lease): string => `ASIDE#${apiStageName(lease.api)}`;

/** Stores an excerpt of an unusable item, then clears the item. Call only under the lease of the item's API. */
export async function setAside(table: Table, lease: Lease, damage: Damage, now: EpochMs): Promise<void> {
  const { key, why, item, blank } = damage;
  const kept = { pk: asidePartition(lease), sk: `${epochText(now)}#${keyText(`${key.pk}#${key.sk}`)}` };
  const excerpt = JSON.stringify(item).slice(0, LONGEST_EXCERPT);
  await putItem(table, kept, { why, item: excerpt, schema: 1, expiresAt: expiresAt(now, LIFETIME_MS) });
  await putItem(table, key, { ...blank, fence: lease.fence });
}
