import type { StageReading } from '../../shared/gateway/port.ts';
import { bounded, isShut } from '../../shared/limits/bounds.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { isSameLimit } from '../../shared/limits/limit.ts';
import { describeName, type LimitName } from '../../shared/limits/limit-name.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import { isPatchable, type MethodKey } from '../../shared/limits/method-key.ts';
import type { DeployedBaseline } from '../../shared/platform/environment.ts';
import { own, recordOf } from '../../shared/platform/records.ts';
import type { TierName } from '../../shared/platform/units.ts';
import type { Health } from './health-rules.ts';

/** The name of the stage in the fail-safe's metric; tiers use their own names. */
export const STAGE = 'stage';

/** Limits below their deployed baseline, with their target values; no limit is ever lowered. */
export interface LoweredLimits {
  readonly stage: Readonly<Record<MethodKey, Limit>>;
  readonly plans: readonly { readonly tier: TierName; readonly planId: string; readonly limit: Limit }[];
}

export interface Situation {
  readonly lowered: LoweredLimits;
  /** Limits below their baseline that are not the fail-safe's to raise, each with the reason. */
  readonly left: readonly string[];
  readonly health: Health;
  /** The limits that the fail-safe has raised during this silence. */
  readonly raised: ReadonlySet<string>;
  /** Why an operator does not want limits changed, if that could be read. */
  readonly handsOff: string | undefined;
}

export type Step =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'hold'; readonly rule: HoldRule; readonly reason: string }
  | { readonly kind: 'raise-stage'; readonly limits: Readonly<Record<MethodKey, Limit>>; readonly plansLeft: number }
  | {
      readonly kind: 'raise-plan';
      readonly tier: TierName;
      readonly planId: string;
      readonly limit: Limit;
      readonly plansLeft: number;
    };

export type HoldRule = 'operator' | 'backend-unhealthy' | 'backend-unknown' | 'lowered-again';

/** The limits in force, and the spelling of the stage's keys. */
export interface Found {
  readonly reading: Pick<StageReading, 'limits' | 'settingsKeys'>;
  readonly tiers: Limits['tiers'];
}

/**
 * The limits below their baseline, with the baseline's values as far as the account allows. Left as they are: a limit that
 * somebody shut, because Tidegate never lowers a limit that far, and a method whose path may not be patched.
 */
export function loweredLimits(
  { reading, tiers }: Found,
  account: Limit,
  baseline: DeployedBaseline,
): Pick<Situation, 'lowered' | 'left'> {
  const left: string[] = [];
  const raise = (name: LimitName, live: Limit | undefined, to: Limit): Limit | undefined => {
    const raised = live && raisedTo(live, to, account);
    const why = raised && reasonToLeave(name, live, reading);
    if (why) left.push(`${describeName(name)} (${why})`);
    return why ? undefined : raised;
  };
  const stage = Object.entries(reading.limits).flatMap(([key, limit]) => {
    const raised = raise({ of: 'stage', key }, limit, baseline.stageLimit);
    return raised ? [[key, raised] as const] : [];
  });
  const plans = Object.entries(baseline.tiers).flatMap(([tier, { planId, rateRps, burst }]) => {
    const raised = raise({ of: 'tiers', key: tier }, own(tiers, tier), { rateRps, burst });
    return raised ? [{ tier, planId, limit: raised }] : [];
  });
  return { lowered: { stage: recordOf(stage), plans }, left };
}

function reasonToLeave({ of, key }: LimitName, live: Limit, { settingsKeys }: Found['reading']): string | undefined {
  if (isShut(live)) return 'somebody shut it';
  return of === 'tiers' || isPatchable(key, own(settingsKeys, key)) ? undefined : 'its path may not be patched';
}

/** The limit with whichever of its numbers is below the baseline's raised to it; undefined when neither is. */
function raisedTo(live: Limit, baseline: Limit, account: Limit): Limit | undefined {
  const wanted = {
    rateRps: Math.max(live.rateRps, baseline.rateRps),
    burst: Math.max(live.burst, baseline.burst),
  };
  const allowed = bounded(wanted, account);
  // Baselines are positive and the account's limit was just read: a refusal means that one of them is invalid.
  if (allowed.kind === 'refused') return undefined;
  return isSameLimit(allowed.limit, live) || isBelow(allowed.limit, live) ? undefined : allowed.limit;
}

const isBelow = (left: Limit, right: Limit): boolean => left.rateRps < right.rateRps || left.burst < right.burst;

/**
 * The next step while control is silent: the stage first, then one plan. Each limit is raised once per silence, so that the
 * fail-safe does not fight a person who lowers it by hand. Unknown health means hold.
 */
export function nextStep({ lowered, health, raised, handsOff }: Omit<Situation, 'left'>): Step {
  const isStageLowered = Object.keys(lowered.stage).length > 0;
  if (!isStageLowered && lowered.plans.length === 0) return { kind: 'nothing' };
  if (handsOff !== undefined) return { kind: 'hold', rule: 'operator', reason: handsOff };
  if (health.kind !== 'healthy') return { kind: 'hold', rule: `backend-${health.kind}`, reason: health.why };
  if (isStageLowered && raised.has(STAGE)) return loweredAgain([STAGE]);
  const [first, ...rest] = lowered.plans.filter(({ tier }) => !raised.has(tier));
  if (isStageLowered) {
    return { kind: 'raise-stage', limits: lowered.stage, plansLeft: first ? rest.length + 1 : 0 };
  }
  if (first === undefined) return loweredAgain(lowered.plans.map(({ tier }) => tier));
  return { kind: 'raise-plan', ...first, plansLeft: rest.length };
}

function loweredAgain(limits: readonly string[]): Step {
  const reason = `somebody lowered what the fail-safe had raised (${limits.join(', ')})`;
  return { kind: 'hold', rule: 'lowered-again', reason };
}
