import * as z from 'zod';
import type { EpochMs } from '../platform/units.ts';
import { jsonOf, putItem, queryItems, type Table, textOf } from './items/table.ts';

const limit = z.object({ rateRps: z.number(), burst: z.number() });

const governedSchema = z.object({
  /** The name of the policy's parameter, whether or not the parameter exists. */
  name: z.string(),
  /** Absent if this name governs no API. */
  governs: z
    .object({
      /** `<apiId>/<stage>`. */
      api: z.string(),
      /** The policy's version in force; 0 if the defaults apply. */
      version: z.number(),
      /** The deployed limits: which tiers exist, and what a pin may not exceed without `aboveBaseline`. */
      baseline: z.object({ stage: limit, tiers: z.record(z.string(), limit) }),
      /** The limit per method under a kill without a floor of its own. */
      floor: limit,
    })
    .optional(),
  /** Newest versions of the policy and of its override that did not come into force. */
  refusals: z.array(z.object({ kind: z.enum(['POLICY', 'OVERRIDE']), version: z.number(), why: z.string() })),
});

/** Control's report on one policy name: the governed API, if any, and the refused versions. */
export type GovernedName = z.infer<typeof governedSchema>;

const PARTITION = 'GOVERNED';
/** A refusal lists every problem of a document; the excerpt keeps the first ones, because an item's size is limited. */
const LONGEST_REASON = 2_000;

/** Control's last report on every policy name; empty if control never ran. Only control writes it. */
export async function readGoverned(table: Table): Promise<GovernedName[]> {
  const items = await queryItems(table, PARTITION);
  return items.flatMap((item) => governedSchema.safeParse(jsonOf(item, 'governed')).data ?? []);
}

/** Replaces the reports on policy names, writing only those that changed, and removes reports on names that are gone. */
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
