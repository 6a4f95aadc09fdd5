import type { WriteResult } from '../../shared/gateway/port.ts';
import { describeError } from '../../shared/platform/errors.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import { RAISED_METRIC } from '../../shared/telemetry/vital-signs.ts';
import type { FailSafeDependencies } from './dependencies.ts';
import { readFailSafeTrigger } from './fail-safe-trigger.ts';
import { isSilent } from './health-rules.ts';
import { readSituation, type Surroundings } from './look-around.ts';
import { nextStep, STAGE, type Step } from './next-step.ts';
import { type Outcome, report } from './report.ts';

/** AWS accepts one `UpdateUsagePlan` per 20 s and account; one second is margin for late deliveries. */
export const PLAN_SPACING_SECONDS = 21;

/**
 * The fail-safe: while control is silent, raises lowered limits to the deployed baseline, one step per look. It needs neither
 * the state table nor the policy. It is idempotent: a limit at its baseline is left alone.
 */
export function createFailSafe(dependencies: FailSafeDependencies): (event: unknown) => Promise<void> {
  return async (event) => {
    const { clock, vitalSigns, rules } = dependencies;
    const now = clock.now();
    if (!isSilent(await vitalSigns.recentBeat(now), now, rules)) return;
    const trigger = readFailSafeTrigger(event);
    const surroundings = await readSituation(dependencies);
    const step = nextStep(surroundings);
    // The pending wake-ups write the plans, each in its slot.
    if (step.kind === 'raise-plan' && trigger !== 'wake-up' && (await areWakeUpsPending(dependencies))) return;
    const outcome = await take(dependencies, step, surroundings);
    await report(dependencies, { trigger, step, outcome, left: surroundings.left });
    if (trigger !== 'wake-up') await sendWakeUps(dependencies, step);
  };
}

async function take(dependencies: FailSafeDependencies, step: Step, { stage }: Surroundings): Promise<Outcome> {
  const { gateway, baseline } = dependencies;
  switch (step.kind) {
    case 'raise-stage':
      return noted(dependencies, STAGE, await gateway.writeStage(baseline, step.limits, stage));
    case 'raise-plan':
      return noted(dependencies, step.tier, await gateway.writePlan(step.planId, step.limit));
    default:
      return 'none';
  }
}

/** Publishes the result of a write; the metric of a raise is the fail-safe's memory. */
function noted(
  { publish, baseline, logger }: FailSafeDependencies,
  limit: string,
  result: WriteResult<unknown>,
): Outcome {
  if (result.kind === 'written') {
    publish({ ...apiDimensions(baseline), Limit: limit }, [{ name: RAISED_METRIC, unit: 'Count', values: [1] }]);
    return 'written';
  }
  const name = { mismatch: 'WriteMismatches', deferred: 'WritesDeferred', refused: 'WritesRefused' }[result.kind];
  publish(apiDimensions(baseline), [{ name, unit: 'Count', values: [1] }]);
  logger.warn('A limit was not raised.', { limit, ...result });
  return result.kind;
}

/**
 * Sends one wake-up for every remaining plan; a wake-up itself sends none, so that the chain ends. If the queue does not
 * answer, the schedule writes one plan per minute instead.
 */
async function sendWakeUps({ sendWakeUp, logger }: FailSafeDependencies, step: Step): Promise<void> {
  if (step.kind !== 'raise-stage' && step.kind !== 'raise-plan') return;
  try {
    for (let turn = 1; turn <= step.plansLeft; turn++) await sendWakeUp(turn * PLAN_SPACING_SECONDS);
  } catch (error) {
    logger.warn('The wake-ups could not be sent.', { reason: describeError(error) });
  }
}

/** Whether wake-ups are pending; if they cannot be counted, the fail-safe does not wait for them. */
async function areWakeUpsPending({ pendingWakeUps, logger }: FailSafeDependencies): Promise<boolean> {
  try {
    return (await pendingWakeUps()) > 0;
  } catch (error) {
    logger.warn('The wake-ups could not be counted.', { reason: describeError(error) });
    return false;
  }
}
