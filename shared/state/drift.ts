import type { Baseline } from '../control/types.ts';
import type { ApiStage } from '../platform/api-stage.ts';
import { apiStageName } from '../platform/api-stage.ts';
import type { EpochMs, Limit } from '../platform/units.ts';
import type { DriftAction } from '../policy/drift-schema.ts';
import { type Attributes, jsonOf, putItem, type Table } from './table.ts';

/** `fail-safe`: whoever raised what was braked while control was silent. */
export type DriftKind = 'deploy' | 'human' | 'unknown' | 'fail-safe';

/** One limit that somebody else changed. */
export interface Drift {
  readonly kind: DriftKind;
  /** Who, where AWS told. */
  readonly who: string | null;
  readonly before: Limit;
  readonly after: Limit;
  readonly action: DriftAction;
  /** The change lies between these two looks. */
  readonly afterMs: EpochMs;
  readonly foundMs: EpochMs;
  /** A held limit is left alone until then. */
  readonly untilMs: EpochMs;
}

/** What is remembered of limits besides what we wrote; by name: `stage` or `tier`, a blank, and method or tier. */
export interface DriftRecord {
  /** What limits were when we saw them first, or adopted them. */
  readonly known: Readonly<Record<string, { readonly limit: Limit; readonly atMs: EpochMs }>>;
  /** Changes that are not settled yet. */
  readonly open: Readonly<Record<string, Drift>>;
  /** As it was deployed when we last looked. */
  readonly baseline: Baseline;
  /** What stands in for the deployed baseline, by name, until a deploy changes that. */
  readonly adopted: Readonly<Record<string, Limit>>;
  /** When a limit was last adopted; a law that decided before then starts anew. */
  readonly adoptedMs: EpochMs;
}

/** Who says to have changed something, and when. */
export interface Claim {
  readonly who: string;
  readonly atMs: EpochMs;
  /** A deploy that has begun and not ended. */
  readonly isOngoing?: boolean;
}

/** What a claim is about: the stage, a plan by its id, or whatever a deploy touches. */
export type ClaimTarget = 'stage' | 'deploy' | `plan#${string}`;

const CLAIM_PREFIX = 'claim#';

/** The claims among the items of an API, by target. */
export function claimsOf(bySortKey: ReadonlyMap<string, Attributes>): Readonly<Record<string, Claim>> {
  const claims: Record<string, Claim> = {};
  for (const [sk, item] of bySortKey) {
    const claim = sk.startsWith(CLAIM_PREFIX) ? jsonOf<Claim>(item, 'claim') : undefined;
    if (claim) claims[sk.slice(CLAIM_PREFIX.length)] = claim;
  }
  return claims;
}

/** Notes a claim. Events come twice, late and out of order: an older one never replaces a newer. */
export async function saveClaim(table: Table, api: ApiStage, target: ClaimTarget, claim: Claim): Promise<void> {
  await putItem(
    table,
    { pk: `API#${apiStageName(api)}`, sk: `${CLAIM_PREFIX}${target}` },
    { claim: JSON.stringify(claim), atMs: claim.atMs },
    { condition: 'attribute_not_exists(#atMs) OR #atMs <= :atMs', names: ['atMs'], values: { atMs: claim.atMs } },
  );
}
