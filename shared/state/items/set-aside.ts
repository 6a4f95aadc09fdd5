import { apiStageName } from '../../platform/api-stage.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Lease } from '../lease.ts';
import { type Damage, epochText, expiresAt, putItem, type Table } from './table.ts';

/** What was set aside is kept this long. */
const LIFETIME_MS = 30 * 24 * 3_600_000;
/** Enough to see what happened; an item may be as large as DynamoDB takes. */
const LONGEST_EXCERPT = 20_000;

/** Where an item that cannot be used is kept, for whoever wants to know what it was. */
export const asidePartition = (lease: Lease): string => `ASIDE#${apiStageName(lease.api)}`;

/** Keeps an excerpt of an item that cannot be used, then puts nothing in its place. Only under the lease of its API. */
export async function setAside(table: Table, lease: Lease, damage: Damage, now: EpochMs): Promise<void> {
  const { key, why, item, blank } = damage;
  const kept = { pk: asidePartition(lease), sk: `${epochText(now)}#${key.pk}#${key.sk}` };
  const excerpt = JSON.stringify(item).slice(0, LONGEST_EXCERPT);
  await putItem(table, kept, { why, item: excerpt, schema: 1, expiresAt: expiresAt(now, LIFETIME_MS) });
  await putItem(table, key, { ...blank, fence: lease.fence });
}
