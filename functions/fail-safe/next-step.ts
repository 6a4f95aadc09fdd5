import { bounded } from '../../shared/limits/bounds.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { isSameLimit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { MethodKey } from '../../shared/limits/method-key.ts';
import type { DeployedBaseline } from '../../shared/platform/environment.ts';
import { own } from '../../shared/platform/records.ts';
import type { TierName } from '../../shared/platform/units.ts';
import type { Health } from './health-rules.ts';

/** The name under which the fail-safe remembers the stage; tiers go by their own. */
export const STAGE = 'stage';

/** Limits below what the template deployed, with what they should be; nothing is ever lowered. */
export interface Braked {
  readonly stage: Readonly<Record<MethodKey, Limit>>;
  readonly plans: readonly { readonly tier: TierName; readonly planId: string; readonly limit: Limit }[];
}

export interface Situation {
  readonly braked: Braked;
  readonly health: Health;
  /** What the fail-safe has raised in this silence already. */
  readonly raised: ReadonlySet<string>;
  /** Why an operator does not want limits moved, where that could be read. */
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

/** Each number at least the baseline's, as far as the account allows. */
export function brakedLimits(live: Limits, account: Limit, baseline: DeployedBaseline): Braked {
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
  // Baselines are positive and the account's limit was just read: a refusal means that one of them is no limit at all.
  if (allowed.kind === 'refused') return undefined;
  return isSameLimit(allowed.limit, live) || isBelow(allowed.limit, live) ? undefined : allowed.limit;
}

const isBelow = (left: Limit, right: Limit): boolean => left.rateRps < right.rateRps || left.burst < right.burst;

/**
 * What to do in a silence of control: the stage first, then one plan; each limit once in a silence, so that nobody who
 * lowers it by hand is fought. Unknown means hold.
 */
export function nextStep({ braked, health, raised, handsOff }: Situation): Step {
  const isStageBraked = Object.keys(braked.stage).length > 0;
  if (!isStageBraked && braked.plans.length === 0) return { kind: 'nothing' };
  if (handsOff !== undefined) return { kind: 'hold', rule: 'operator', reason: handsOff };
  if (health.kind !== 'healthy') return { kind: 'hold', rule: `backend-${health.kind}`, reason: health.why };
  if (isStageBraked && raised.has(STAGE)) return loweredAgain([STAGE]);
  const [first, ...rest] = braked.plans.filter(({ tier }) => !raised.has(tier));
  if (isStageBraked) {
    return { kind: 'raise-stage', limits: braked.stage, plansLeft: first ? rest.length + 1 : 0 };
  }
  if (first === undefined) return loweredAgain(braked.plans.map(({ tier }) => tier));
  return { kind: 'raise-plan', ...first, plansLeft: rest.length };
}

function loweredAgain(limits: readonly string[]): Step {
  const reason = `somebody lowered what the fail-safe had raised (${limits.join(', ')})`;
  return { kind: 'hold', rule: 'lowered-again', reason };
}
