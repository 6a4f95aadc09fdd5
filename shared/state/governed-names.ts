import * as z from 'zod';
import type { EpochMs } from '../platform/units.ts';
import { jsonOf, putItem, queryItems, type Table, textOf } from './items/table.ts';

const limit = z.object({ rateRps: z.number(), burst: z.number() });

const governedSchema = z.object({
  /** The policy's parameter, whether or not there is one. */
  name: z.string(),
  /** Absent where nothing is governed under this name. */
  governs: z
    .object({
      /** `<apiId>/<stage>`. */
      api: z.string(),
      /** The policy's version in force; 0 where the defaults hold. */
      version: z.number(),
      /** The deployed limits: the tiers that there are, and what a pin may not exceed by itself. */
      baseline: z.object({ stage: limit, tiers: z.record(z.string(), limit) }),
      /** What a kill without a floor of its own leaves of each method. */
      floor: limit,
    })
    .optional(),
  /** Newest versions of the policy and of its override that did not come into force. */
  refusals: z.array(z.object({ kind: z.enum(['POLICY', 'OVERRIDE']), version: z.number(), why: z.string() })),
});

/** What control makes of one policy name: which API it governs by it, if any, and what it refused. */
export type GovernedName = z.infer<typeof governedSchema>;

const PARTITION = 'GOVERNED';
/** A refusal lists every problem of a document; the first ones will do, and an item has its bound. */
const LONGEST_REASON = 2_000;

/** Everything that control has last said of policy names; empty where it never ran. Written by control alone. */
export async function readGoverned(table: Table): Promise<GovernedName[]> {
  const items = await queryItems(table, PARTITION);
  return items.flatMap((item) => governedSchema.safeParse(jsonOf(item, 'governed')).data ?? []);
}

/** Replaces what is said of policy names; only what differs is written. Of names that are gone nothing is said. */
export async function saveGoverned(table: Table, names: readonly GovernedName[], now: EpochMs): Promise<void> {
  const items = await queryItems(table, PARTITION);
  const said = new Map(items.map((item) => [textOf(item, 'sk') ?? '', textOf(item, 'governed')]));
  for (const { refusals, ...rest } of names) {
    const short = refusals.map((each) => ({ ...each, why: each.why.slice(0, LONGEST_REASON) }));
    const governed = JSON.stringify({ ...rest, refusals: short });
    if (said.get(rest.name) !== governed)
      await putItem(table, { pk: PARTITION, sk: rest.name }, { governed, atMs: now });
    said.delete(rest.name);
  }
  for (const [gone, before] of said) {
    if (before !== undefined) await putItem(table, { pk: PARTITION, sk: gone }, { atMs: now });
  }
}
