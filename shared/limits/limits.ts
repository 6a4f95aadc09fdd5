import { mapRecord, own, recordOf } from '../platform/records.ts';
import type { TierName } from '../platform/units.ts';
import { isSameLimit, type Limit, lowerLimit } from './limit.ts';
import { type MethodKey, STAGE_DEFAULT } from './method-key.ts';

/** A value for each limit of one API. */
export interface PerLimit<Value> {
  /** By method: the stage's default, and each method that has a limit of its own. */
  readonly stage: Readonly<Record<MethodKey, Value>>;
  /** By tier: the limit that every key of the tier's plan has. */
  readonly tiers: Readonly<Record<TierName, Value>>;
}

/** All limits of one governed API. */
export type Limits = PerLimit<Limit>;
/** The limits of a stage: its default's, and those of the methods that have their own. */
export type StageLimits = Limits['stage'];

export const NO_LIMITS: Limits = { stage: {}, tiers: {} };

/** The limit that holds for a method: its own, or else the stage's default. */
export function limitOf<Value>(stage: PerLimit<Value>['stage'], method: MethodKey): Value | undefined {
  return own(stage, method) ?? own(stage, STAGE_DEFAULT);
}

/** The same limits, with methods named that so far follow the stage's default. */
export function withMethods({ stage, tiers }: Limits, methods: readonly MethodKey[]): Limits {
  const followers = methods.flatMap((method) => {
    const limit = limitOf(stage, method);
    return limit ? [[method, limit] as const] : [];
  });
  return { stage: recordOf([...Object.entries(stage), ...followers]), tiers };
}

/** Whether two sets name the same limits, and API Gateway cannot tell them apart. */
export function areSameLimits(left: Limits, right: Limits): boolean {
  const areSame = (a: Readonly<Record<string, Limit>>, b: Readonly<Record<string, Limit>>) =>
    Object.keys({ ...a, ...b }).every((name) => isSameLimit(own(a, name), own(b, name)));
  return areSame(left.stage, right.stage) && areSame(left.tiers, right.tiers);
}

/** Whether any wanted limit differs from the limit in force. */
export function isAnyChanged(wanted: Limits, live: Limits): boolean {
  return (
    Object.entries(wanted.stage).some(([method, limit]) => !isSameLimit(limit, limitOf(live.stage, method))) ||
    Object.entries(wanted.tiers).some(([tier, limit]) => !isSameLimit(limit, own(live.tiers, tier)))
  );
}

/** The wanted limits, with each number at most that of the limit in force. */
export function withoutRaises(wanted: Limits, live: Limits): Limits {
  return {
    stage: mapRecord(wanted.stage, (limit, method) => lowerLimit(limit, limitOf(live.stage, method))),
    tiers: mapRecord(wanted.tiers, (limit, tier) => lowerLimit(limit, own(live.tiers, tier))),
  };
}
