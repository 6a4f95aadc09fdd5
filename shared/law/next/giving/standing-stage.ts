import type { Limit } from '../../../limits/limit.ts';
import { limitOf, type StageLimits } from '../../../limits/limits.ts';
import { type MethodKey, STAGE_DEFAULT } from '../../../limits/method-key.ts';
import { own, recordOf } from '../../../platform/records.ts';
import type { CostUnitsPerSecond, Rps } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';
import { LAW_POLICY } from '../law-policy.ts';

export interface StageWish {
  /** What all methods together may let through. */
  readonly totalCups: CostUnitsPerSecond;
  /** Requests per second that pass the plans, by method. */
  readonly expected: Readonly<Record<MethodKey, Rps>>;
  readonly workOf: (method: MethodKey) => number;
  readonly standing: StageLimits;
  /** No method's rate exceeds the deployed one. */
  readonly most: Limit;
  readonly leastRps: Rps;
  readonly isBinding: boolean;
  /** A drain begins or ends: written however small. */
  readonly isForced: boolean;
}

/** Methods with a lower rate get no limit of their own. */
const LEAST_SPLIT_RPS = 1;
/** Every method may use this share of the total at least. */
const LEAST_SHARE = 0.02;
/** Time over which a method's rate is averaged, seconds. */
const SEEN_SECONDS = 40;

/** Tokens that let a Poisson stream pass at nine tenths of the rate, and no more than the backend bears at once. */
export function burstFor(rateRps: Rps): number {
  return Math.max(LAW_POLICY.leastBurstRequests, Math.ceil(rateRps * LAW_POLICY.burstSeconds));
}

/** The same rates, with bursts no larger than `burstFor`. */
export function withTightBursts(stage: StageLimits): StageLimits {
  const tightened = Object.entries(stage).map(([key, { rateRps, burst }]) => {
    return [key, { rateRps, burst: Math.min(burst, burstFor(rateRps)) }] as const;
  });
  return recordOf(tightened);
}

/** Stage limits for a total: the standing ones, unless the difference is large enough to be written. */
export function stageFor(wish: StageWish): StageLimits {
  const wanted = split(wish);
  return isNews(wanted, wish) ? wanted : withTightBursts(wish.standing);
}

/**
 * Divides the total among the methods in proportion to their expected work. The rate of a rare method is known less exactly,
 * so two standard deviations are added to every rate before the division.
 */
function split(wish: StageWish): StageLimits {
  const { totalCups, expected, workOf, standing } = wish;
  const work = Object.entries(expected).map(([method, rps]) => [method, withChance(rps) * workOf(method)] as const);
  const sum = work.reduce((total, [, cups]) => total + cups, 0);
  const limitFor = (method: MethodKey): Limit => {
    const share = sum > 0 ? (withChance(own(expected, method) ?? 0) * workOf(method)) / sum : 0;
    return limitAt((totalCups * Math.max(LEAST_SHARE, share)) / workOf(method), wish);
  };
  const busy = work.filter(([method]) => method !== STAGE_DEFAULT && (own(expected, method) ?? 0) >= LEAST_SPLIT_RPS);
  const listed = new Set([...(busy.length < 2 ? [] : busy.map(([method]) => method)), ...Object.keys(standing)]);
  listed.delete(STAGE_DEFAULT);
  const settings: Record<MethodKey, Limit> = {};
  for (const method of [...listed].sort()) settings[method] = limitFor(method);
  const [largest] = work.filter(([method]) => !listed.has(method)).sort(([, a], [, b]) => b - a);
  const isAlone = listed.size === 0;
  const others = isAlone ? totalCups / workOf(largest?.[0] ?? STAGE_DEFAULT) : LEAST_SHARE * totalCups;
  settings[STAGE_DEFAULT] = largest && !isAlone ? limitFor(largest[0]) : limitAt(others, wish);
  return settings;
}

/** A rate plus two standard deviations of its estimate. */
function withChance(rps: Rps): Rps {
  return rps + 2 * Math.sqrt(rps / SEEN_SECONDS);
}

function limitAt(rateRps: Rps, { most, leastRps }: StageWish): Limit {
  const bounded = Math.round(Math.min(most.rateRps, Math.max(leastRps, rateRps)) * 100) / 100;
  return { rateRps: bounded, burst: Math.min(most.burst, burstFor(bounded)) };
}

function isNews(wanted: StageLimits, wish: StageWish): boolean {
  const { standing, isForced, isBinding } = wish;
  const changes = Object.entries(wanted).map(([key, limit]) => {
    const before = own(standing, key)?.rateRps;
    return { key, before, change: before === undefined ? 1 : limit.rateRps / before - 1 };
  });
  if (changes.some(({ before }) => before === undefined)) return true;
  if (isForced) return changes.some(({ change }) => Math.abs(change) > 1e-3);
  if (isBinding) {
    return changes.some(
      ({ key, change }) => Math.abs(change) > Math.max(NUMBERS.stageStep, chanceOf(key, wanted, wish)),
    );
  }
  const isTooMuch = cupsOf(standing, wish) > (1 + NUMBERS.mostAbove) * cupsOf(wanted, wish);
  const isTight = changes.some(({ key, before = 0, change }) => {
    return change > NUMBERS.mostAbove && askedAt(key, wanted, wish) * NUMBERS.stageRoomAtRest > before;
  });
  return isTooMuch || isTight;
}

/** The relative change of a method's limit that random variation explains. */
function chanceOf(key: MethodKey, wanted: StageLimits, wish: StageWish): number {
  return NUMBERS.stageNoise / Math.sqrt(Math.max(1, askedAt(key, wanted, wish) * SEEN_SECONDS));
}

function askedAt(key: MethodKey, wanted: StageLimits, { expected }: StageWish): Rps {
  return key === STAGE_DEFAULT ? askedOfOthers(wanted, expected) : (own(expected, key) ?? 0);
}

/** The work that stage limits admit together. */
function cupsOf(stage: StageLimits, { workOf }: StageWish): CostUnitsPerSecond {
  return Object.entries(stage).reduce((sum, [method, { rateRps }]) => sum + rateRps * workOf(method), 0);
}

/** Rate of the methods that have no limit of their own, requests per second. */
function askedOfOthers(stage: StageLimits, expected: StageWish['expected']): Rps {
  const others = Object.entries(expected).filter(([method]) => own(stage, method) === undefined);
  return others.reduce((sum, [, rps]) => sum + rps, 0);
}

/** The total work that a stage admits at the present mix of methods. */
export function standingCups(
  stage: StageLimits,
  expected: Readonly<Record<MethodKey, Rps>>,
  workOf: (method: MethodKey) => number,
): CostUnitsPerSecond {
  // The limit that binds first determines the total, for the mix does not change.
  const work = Object.entries(expected).filter(([, rps]) => rps > 0);
  const sum = work.reduce((total, [method, rps]) => total + rps * workOf(method), 0);
  const factors = work.map(([method, rps]) => (limitOf(stage, method)?.rateRps ?? 0) / rps);
  return factors.length === 0 ? 0 : sum * Math.min(...factors);
}
