import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { MethodKey } from '../../../shared/limits/method-key.ts';
import type { CostUnitsPerSecond, Rps } from '../../../shared/platform/units.ts';
import type { LawContext } from '../bench-law.ts';
import type { ContractKey } from './known-demand.ts';
import { planRps } from './known-response.ts';
import { grainOf, unevenness } from './noise.ts';

/** Smaller changes of the stage are not worth a write. */
const CHANGE_SHARE = 0.004;
/** Room above what passes the plans where they hold the total: the stage is blind to tiers. */
const ROOM = 1.07;
/** The stage binds from here on: a little more waits a little. */
const BEARABLE = 1.01;
const BURST_SECONDS = 0.04;
const LEAST_BURST = 20;
const LEAST_BINDING_BURST = 6;
/** Room is left for so many standard deviations of what arrives in the time of a correction. */
const DEVIATIONS = 1.5;
const CORRECTION_SECONDS = 10;

/** Exactly the total where the plans in force let more through; else what passes them, and some room. */
export function nextStage(
  live: Limits,
  totalCups: CostUnitsPerSecond,
  keys: readonly ContractKey[],
  { baseline, knowledge }: LawContext,
): Limits['stage'] {
  const passing = passingByMethod(keys, knowledge.enforced()?.tiers ?? live.tiers, baseline.tiers);
  const sum = Object.entries(passing).reduce((cups, [method, rps]) => cups + rps * knowledge.costOf(method), 0);
  if (sum === 0) return live.stage;
  const room = ROOM + DEVIATIONS * unevenness(sum, grainOf(keys), CORRECTION_SECONDS);
  const factor = sum > totalCups * BEARABLE ? totalCups / sum : Math.max(room, totalCups / sum);
  const settings = Object.entries(passing).map(([method, rps]): [string, Limit] => {
    const rateRps = Math.min(baseline.stage.rateRps, Math.max(0.1, (rps * factor) / (1 + knowledge.slack)));
    const least = factor < 1 ? LEAST_BINDING_BURST : LEAST_BURST;
    const burst = Math.max(least, Math.round(rateRps * BURST_SECONDS));
    return [method, { rateRps: Math.round(rateRps * 10) / 10, burst }];
  });
  const wanted = { ...live.stage, ...Object.fromEntries(settings) };
  return isWorthWriting(wanted, live.stage) ? wanted : live.stage;
}

export function passingByMethod(
  keys: readonly ContractKey[],
  enforced: Limits['tiers'],
  resting: Limits['tiers'],
): Record<MethodKey, Rps> {
  const passing: Record<MethodKey, Rps> = {};
  for (const key of keys) {
    const restingRps = resting[key.tier]?.rateRps ?? Number.POSITIVE_INFINITY;
    const rps = Math.min(key.rps, planRps(key, enforced[key.tier], restingRps));
    for (const [method, share] of Object.entries(key.mix)) passing[method] = (passing[method] ?? 0) + rps * share;
  }
  return passing;
}

function isWorthWriting(wanted: Limits['stage'], live: Limits['stage']): boolean {
  return Object.entries(wanted).some(([key, limit]) => {
    const current = live[key];
    return current === undefined || Math.abs(limit.rateRps / current.rateRps - 1) > CHANGE_SHARE;
  });
}
