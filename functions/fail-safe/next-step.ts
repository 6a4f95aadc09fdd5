import { bounded } from '../../shared/limits/bounds.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { isSameLimit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { MethodKey } from '../../shared/limits/method-key.ts';
import type { DeployedBaseline } from '../../shared/platform/environment.ts';
import { own } from '../../shared/platform/records.ts';
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

/** The limits below their baseline, with the baseline's values as far as the account allows. */
export function loweredLimits(live: Limits, account: Limit, baseline: DeployedBaseline): LoweredLimits {
  const stage = Object.entries(live.stage).flatMap(([method, limit]) => {
    const raised = raisedTo(limit, baseline.stageLimit, account);
    return raised ? [[method, raised] as const] : [];
  });
  const plans = Object.entries(baseline.tiers).flatMap(([tier, { planId, rateRps, burst }]) => {
    const current = own(live.tiers, tier);
    const raised = current && raisedTo(current, { rateRps, burst }, account);
    return raised ? [{ tier, planId, limit: raised }] : [];
  });
  return { stage: Object.fromEntries(stage), plans };
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
export function nextStep({ lowered, health, raised, handsOff }: Situation): Step {
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
