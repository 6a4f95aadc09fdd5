import type { Baseline } from '../law/types.ts';
import type { Limit } from '../limits/limit.ts';
import type { Limits, PerLimit } from '../limits/limits.ts';
import type { ApiStage } from '../platform/api-stage.ts';
import { apiStageName } from '../platform/api-stage.ts';
import { emptyRecord } from '../platform/records.ts';
import type { EpochMs } from '../platform/units.ts';
import type { DriftAction } from '../policy/schema/drift-schema.ts';
import { CEILING_MS, ceilingValues, isOver } from './items/ceilings.ts';
import {
  fields,
  flag,
  instant,
  limit,
  nullable,
  oneOf,
  optional,
  recordWith,
  type Shape,
  text,
} from './items/shape.ts';
import { attributesOf, type Form, readValue } from './items/stored.ts';
import { type Attributes, type Key, putItem, type Table } from './items/table.ts';

/** `fail-safe`: the author raised lowered limits while control was silent. */
export type DriftKind = 'deploy' | 'human' | 'unknown' | 'fail-safe';

/** One limit that somebody else changed. */
export interface Drift {
  readonly kind: DriftKind;
  /** The author's name, if AWS reported it. */
  readonly who: string | null;
  readonly before: Limit;
  readonly after: Limit;
  readonly action: DriftAction;
  /** The change happened between these two looks. */
  readonly afterMs: EpochMs;
  readonly foundMs: EpochMs;
  /** A held limit is left alone until this instant. */
  readonly untilMs: EpochMs;
}

/** What is remembered of limits besides those that we wrote. */
export interface DriftRecord {
  /** The limits as we saw them first, or adopted them. */
  readonly known: PerLimit<KnownLimit>;
  /** Changes that are not settled yet. */
  readonly open: PerLimit<Drift>;
  /** The deployed baseline at the last look. */
  readonly baseline: Baseline;
  /** The limits that stand in for the deployed ones, until a deploy changes those. */
  readonly adopted: Limits;
  /** When a limit was last adopted; a law state from before that instant is discarded. */
  readonly adoptedMs: EpochMs;
}

export interface KnownLimit {
  readonly limit: Limit;
  readonly atMs: EpochMs;
}

/** A report of who changed something, and when. */
export interface Claim {
  readonly who: string;
  readonly atMs: EpochMs;
  /** The deploy has begun and not ended. */
  readonly isOngoing?: boolean;
}

/** The subject of a report: the stage, a plan by its id, or everything that a deploy changes. */
export type ClaimTarget = 'stage' | 'deploy' | `plan#${string}`;

const CLAIM_FORM: Form = {
  version: 1,
  attribute: 'claim',
  shape: (now) => fields({ who: text, atMs: instant(now, CEILING_MS.past), isOngoing: optional(flag) }),
};

const driftShape = (now: EpochMs) =>
  fields({
    kind: oneOf('deploy', 'human', 'unknown', 'fail-safe'),
    who: nullable(text),
    before: limit,
    after: limit,
    action: oneOf('reassert', 'adopt', 'hold'),
    afterMs: instant(now, CEILING_MS.past),
    foundMs: instant(now, CEILING_MS.past),
    untilMs: instant(now, CEILING_MS.driftHold),
  });

const perLimit = (value: Shape) => fields({ stage: recordWith(value), tiers: recordWith(value) });

export const DRIFT_FORM: Form = {
  version: 2,
  attribute: 'drift',
  shape: (now) =>
    fields({
      known: perLimit(fields({ limit, atMs: instant(now, CEILING_MS.past) })),
      open: perLimit(driftShape(now)),
      baseline: fields({ stage: limit, tiers: recordWith(limit) }),
      adopted: perLimit(limit),
      adoptedMs: instant(now, CEILING_MS.past),
    }),
};

const CLAIM_PREFIX = 'claim#';
const claimKey = (api: ApiStage, target: string): Key => ({
  pk: `API#${apiStageName(api)}`,
  sk: `${CLAIM_PREFIX}${target}`,
});

/** The reports among the items of an API, by target. */
export function claimsOf(
  table: Table,
  api: ApiStage,
  bySortKey: ReadonlyMap<string, Attributes>,
): Readonly<Record<string, Claim>> {
  const claims = emptyRecord<Claim>();
  for (const [sk, item] of bySortKey) {
    if (!sk.startsWith(CLAIM_PREFIX)) continue;
    const target = sk.slice(CLAIM_PREFIX.length);
    const claim = readValue<Claim>(table, claimKey(api, target), item, CLAIM_FORM);
    if (claim) claims[target] = claim;
  }
  return claims;
}

/**
 * Stores a report. Events may be duplicated, late and out of order: an older report never replaces a newer one, unless the
 * newer one is dated implausibly far in the future.
 */
export async function saveClaim(
  table: Table,
  api: ApiStage,
  { target, claim }: { readonly target: ClaimTarget; readonly claim: Claim },
  now: EpochMs,
): Promise<void> {
  const { atMs } = claim;
  await putItem(
    table,
    claimKey(api, target),
    { ...attributesOf(claim, CLAIM_FORM), atMs },
    { condition: isOver('atMs', ':atMs'), names: ['atMs'], values: { atMs, ...ceilingValues(now, CEILING_MS.past) } },
  );
}
