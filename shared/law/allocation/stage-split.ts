import type { Limit } from '../../limits/limit.ts';
import { type MethodKey, STAGE_DEFAULT } from '../../limits/method-key.ts';
import { own, recordOf } from '../../platform/records.ts';
import type { CostUnitsPerSecond, Rps } from '../../platform/units.ts';

export interface StageSplit {
  /** What all methods together may admit. */
  readonly totalCups: CostUnitsPerSecond;
  /** Each method's share of the cost expected to be admitted; shares sum to 1 (or all 0 when nothing is known). */
  readonly costShares: Readonly<Record<MethodKey, number>>;
  readonly costOf: (method: MethodKey) => number;
  /** Overrides that exist already: each detaches its method from the default and must be kept in step. */
  readonly overrides: readonly MethodKey[];
  /** A method gets at least this share of the total, so that a quiet one is not shut out. */
  readonly leastShare: number;
  /** A method with less than half of the cost gets this much room: its share wanders more than that of the others. */
  readonly minorRoomFactor: number;
  /** From this share of cost on, a second method needs a bucket of its own. */
  readonly ownBucketShare: number;
  /** No method's rate exceeds this: the baseline. */
  readonly mostRps: Rps;
  readonly leastRps: Rps;
  readonly burstOf: (rateRps: Rps) => number;
}

/**
 * The stage's method settings that admit `totalCups` together. A stage limit is per method, so a total must be
 * divided: each method gets total x its share of cost / its cost. One method alone, or equal costs with all but
 * a trickle on one, needs no more than the default.
 */
export function splitStage(split: StageSplit): Record<string, Limit> {
  const methods = bucketsNeeded(split);
  const settings = recordOf([[STAGE_DEFAULT, defaultLimit(split, methods)]]);
  for (const method of methods) {
    const expected = own(split.costShares, method) ?? 0;
    const room = expected < 0.5 ? split.minorRoomFactor : 1;
    const share = Math.max(expected * room, split.leastShare);
    settings[method] = limitOf(split, (split.totalCups * share) / split.costOf(method));
  }
  return settings;
}

function bucketsNeeded(split: StageSplit): MethodKey[] {
  const active = Object.entries(split.costShares).filter(([, share]) => share > 0);
  const busy = active.filter(([, share]) => share >= split.ownBucketShare);
  const differ = new Set(active.map(([method]) => split.costOf(method))).size > 1;
  const own = differ ? active : busy.length > 1 ? busy : [];
  return [...new Set([...own.map(([method]) => method), ...split.overrides])].sort();
}

/** What remains for methods without an override: all of the total when none has one, else the largest unlisted share. */
function defaultLimit(split: StageSplit, listed: readonly MethodKey[]): Limit {
  const others = Object.entries(split.costShares).filter(([method]) => !listed.includes(method));
  const cost = others.length === 0 ? 1 : Math.min(...others.map(([method]) => split.costOf(method)));
  const share = listed.length === 0 ? 1 : Math.max(split.leastShare, ...others.map(([, value]) => value));
  return limitOf(split, (split.totalCups * share) / cost);
}

function limitOf(split: StageSplit, rateRps: Rps): Limit {
  const bounded = roundRate(Math.min(split.mostRps, Math.max(split.leastRps, rateRps)));
  return { rateRps: bounded, burst: split.burstOf(bounded) };
}

/** Rates in tenths: fine enough for any limit, coarse enough that equal wishes are equal numbers. */
export function roundRate(rateRps: Rps): Rps {
  return Math.round(rateRps * 10) / 10;
}
