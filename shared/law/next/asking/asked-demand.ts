import type { Limit } from '../../../limits/limit.ts';
import type { MethodKey } from '../../../limits/method-key.ts';
import { emptyRecord, own } from '../../../platform/records.ts';
import type { KeyId, Rps, TierName } from '../../../platform/units.ts';
import { keysIn } from '../../../telemetry/key-sketch.ts';
import type { KeyCounts, Window } from '../../../telemetry/window.ts';
import { type AttemptsState, wantedRps } from '../../telling/retries.ts';
import { NUMBERS } from '../constants.ts';
import type { Demand } from '../next-state.ts';
import { attemptsOf, updateAttempts } from './attempts.ts';

type Entries = Readonly<Record<KeyId, Demand>>;
type TierLimits = Readonly<Record<TierName, Limit>>;
type Cells = Window['cells'][TierName];

/** What one window says of one key, or of a tier's keys without a name. */
export interface Seen {
  readonly tier: TierName;
  readonly count: number;
  readonly asked: Readonly<Record<MethodKey, Rps>>;
  readonly refusedShare: number;
  readonly lostShare: number;
}

const LEAST_RPS = 0.01;
/** Names in the state. */
const MOST_KEYS = 256;
/** A key that was named and is not now is among the others if it asked for no more than this many times as much as each. */
const LUMP_FACTOR = 1.5;

export const restOf = (tier: TierName): KeyId => `rest of ${tier}`;
export const rpsOf = ({ asked }: { readonly asked: Readonly<Record<MethodKey, Rps>> }): Rps =>
  Object.values(asked).reduce((sum, rps) => sum + rps, 0);

/** What one window says of every named key, and of the rest of each tier as one lump of equals. */
export function seenIn(window: Window): Record<KeyId, Seen> {
  const named = Map.groupBy(Object.entries(window.keys), ([, { tier }]) => tier);
  const seen = emptyRecord<Seen>();
  for (const [tier, cells] of Object.entries(window.cells)) {
    const keys = named.get(tier) ?? [];
    const context: TierContext = { tier, window, judged: judgedShares(cells), failedShare: failedShareOf(cells) };
    for (const [key, { requests, throttled }] of keys) seen[key] = seenOf(requests, throttled, 1, context);
    const rest = restSeen(cells, keys, context);
    if (rest !== undefined) seen[restOf(tier)] = rest;
  }
  return seen;
}

interface TierContext {
  readonly tier: TierName;
  readonly window: Window;
  /** By method, the share of requests that our limits judged. */
  readonly judged: Readonly<Record<MethodKey, number>>;
  readonly failedShare: number;
}

function seenOf(
  requests: Readonly<Record<MethodKey, number>>,
  throttled: number,
  count: number,
  { tier, window, judged, failedShare }: TierContext,
): Seen {
  const asked = emptyRecord<Rps>();
  for (const [method, number] of Object.entries(requests)) {
    asked[method] = (number * (own(judged, method) ?? 1) * 1000) / window.lengthMs;
  }
  const total = Object.values(requests).reduce((a, b) => a + b, 0);
  const refusedShare = total > 0 ? Math.min(1, Math.max(0, throttled) / total) : 0;
  return { tier, count, asked, refusedShare, lostShare: 1 - (1 - refusedShare) * (1 - failedShare) };
}

function restSeen(
  cells: Cells,
  keys: readonly (readonly [KeyId, KeyCounts])[],
  context: TierContext,
): Seen | undefined {
  const left = emptyRecord<number>();
  let throttled = -keys.reduce((sum, [, counts]) => sum + counts.throttled, 0);
  for (const [method, cell] of Object.entries(cells)) {
    const listed = keys.reduce((sum, [, counts]) => sum + (own(counts.requests, method) ?? 0), 0);
    left[method] = Math.max(0, cell.requests - listed);
    throttled += cell.throttled;
  }
  const sketch = own(context.window.sketches, context.tier);
  const count = Math.max(1, Math.round((sketch === undefined ? keys.length : keysIn(sketch)) - keys.length));
  const seen = seenOf(left, throttled, count, context);
  return rpsOf(seen) > LEAST_RPS ? seen : undefined;
}

function judgedShares(cells: Cells): Record<MethodKey, number> {
  const shares = emptyRecord<number>();
  for (const [method, { requests, quotaExceeded, refused }] of Object.entries(cells)) {
    shares[method] = requests > 0 ? Math.max(0, requests - quotaExceeded - refused) / requests : 1;
  }
  return shares;
}

function failedShareOf(cells: Cells): number {
  let [reached, failed] = [0, 0];
  for (const { requests, throttled, quotaExceeded, refused, serverErrors } of Object.values(cells)) {
    reached += Math.max(0, requests - throttled - quotaExceeded - refused);
    failed += serverErrors;
  }
  return reached > 0 ? Math.min(1, failed / reached) : 0;
}

/** Share of all requests that our limits refused, beyond what the plans' baselines would have. */
export function refusedShareOf(seen: Readonly<Record<KeyId, Seen>>, baseline: TierLimits): number {
  let [offered, refused] = [0, 0];
  for (const entry of Object.values(seen)) {
    const rps = rpsOf(entry);
    const covered = Math.min(rps, entry.count * (own(baseline, entry.tier)?.rateRps ?? Number.POSITIVE_INFINITY));
    offered += covered;
    refused += Math.max(0, rps * entry.refusedShare - (rps - covered));
  }
  return offered > 0 ? refused / offered : 0;
}

/**
 * Demand after one more window: a distinct rise counts at once, all else is smoothed, so that a pause is not taken for the
 * end and chance does not add up over many keys. Nothing falls while answers are held up in a queue.
 */
export function updateDemand(
  entries: Entries,
  seen: Readonly<Record<KeyId, Seen>>,
  attempts: Readonly<Record<TierName, AttemptsState>>,
  { seconds, isFading }: { readonly seconds: number; readonly isFading: boolean },
): Entries {
  const kept = 0.5 ** (seconds / NUMBERS.demandHalfLifeSeconds);
  const merge = (before: Rps, now: Rps): Rps => {
    const deviation = Math.sqrt(Math.max(before, 1 / seconds) / seconds);
    if (now > before + NUMBERS.jumpDeviations * deviation) return now;
    return now < before && !isFading ? before : before * kept + now * (1 - kept);
  };
  const next = emptyRecord<Demand>();
  for (const [key, entry] of Object.entries(seen)) {
    const wantedShare = wantedRps(1, entry.lostShare, attemptsOf(own(attempts, entry.tier)));
    next[key] = merged(own(entries, key), entry, wantedShare, merge);
  }
  for (const [key, entry] of Object.entries(entries)) {
    if (own(seen, key) !== undefined || isAmongRest(entry, seen)) continue;
    const fading = merged(entry, { ...entry, asked: {} }, entry.wantedShare, merge);
    if (rpsOf(fading) > LEAST_RPS) next[key] = fading;
  }
  return busiest(next);
}

function isAmongRest(entry: Demand, seen: Readonly<Record<KeyId, Seen>>): boolean {
  const rest = own(seen, restOf(entry.tier));
  return rest !== undefined && rpsOf(entry) <= (LUMP_FACTOR * rpsOf(rest)) / Math.max(1, rest.count - 1);
}

function merged(
  before: Demand | undefined,
  now: Pick<Seen, 'tier' | 'count' | 'asked'>,
  wantedShare: number,
  merge: (before: Rps, now: Rps) => Rps,
): Demand {
  const asked = emptyRecord<Rps>();
  for (const method of Object.keys({ ...before?.asked, ...now.asked })) {
    const rps = merge(own(before?.asked, method) ?? 0, own(now.asked, method) ?? 0);
    if (rps > 0) asked[method] = rps;
  }
  // The share is smoothed by what it is a share of, so that wanted requests are as steady as asked ones.
  const wantedBefore = before === undefined ? undefined : before.wantedShare * rpsOf(before);
  const wantedNow = wantedShare * rpsOf(now);
  const wanted = wantedBefore === undefined ? wantedNow : merge(wantedBefore, wantedNow);
  return {
    tier: now.tier,
    count: now.count,
    asked,
    wantedShare: Math.min(1, wanted / Math.max(1e-9, rpsOf({ asked }))),
  };
}

function busiest(entries: Record<KeyId, Demand>): Entries {
  const list = Object.entries(entries);
  if (list.length <= MOST_KEYS) return entries;
  return Object.fromEntries(list.sort(([, a], [, b]) => rpsOf(b) - rpsOf(a)).slice(0, MOST_KEYS));
}

/** What is known of every tier's attempts after one more window. */
export function attemptsAfter(
  attempts: Readonly<Record<TierName, AttemptsState>>,
  seen: Readonly<Record<KeyId, Seen>>,
  seconds: number,
): Record<TierName, AttemptsState> {
  const next = emptyRecord<AttemptsState>();
  for (const [tier, entries] of Map.groupBy(Object.values(seen), (entry) => entry.tier)) {
    const offered = entries.reduce((sum, entry) => sum + rpsOf(entry), 0);
    const lost = entries.reduce((sum, entry) => sum + rpsOf(entry) * entry.lostShare, 0) / Math.max(1e-9, offered);
    const updated = updateAttempts(own(attempts, tier), offered, lost, seconds);
    if (updated !== undefined) next[tier] = updated;
  }
  return next;
}

/** Requests per second by method that these plans would let through; a key's mix of methods is not changed by its limit. */
export function throughPlans(entries: Entries, plans: TierLimits, belief: 'asked' | 'wanted'): Record<MethodKey, Rps> {
  const methods = emptyRecord<Rps>();
  for (const entry of Object.values(entries)) {
    const perKey = rpsOf(entry) / entry.count;
    const believed = belief === 'asked' ? 1 : entry.wantedShare;
    const limit = own(plans, entry.tier)?.rateRps ?? Number.POSITIVE_INFINITY;
    const passed = perKey > 0 ? Math.min(believed, limit / perKey) : 0;
    for (const [method, rps] of Object.entries(entry.asked))
      methods[method] = (own(methods, method) ?? 0) + rps * passed;
  }
  return methods;
}
