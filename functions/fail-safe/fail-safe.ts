import type { WriteResult } from '../../shared/gateway/port.ts';
import { describeError } from '../../shared/platform/errors.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import { RAISED_METRIC } from '../../shared/telemetry/vital-signs.ts';
import type { FailSafeDependencies } from './dependencies.ts';
import { readFailSafeTrigger } from './fail-safe-trigger.ts';
import { isSilent } from './health-rules.ts';
import { lookAround, type Surroundings } from './look-around.ts';
import { nextStep, STAGE, type Step } from './next-step.ts';
import { type Outcome, report } from './report.ts';

/** AWS accepts one `UpdateUsagePlan` per 20 s and account; the rest is margin for late deliveries. */
export const PLAN_SPACING_SECONDS = 21;

/**
 * The dead-man: while control is silent, brings what is braked back to the deployed baseline, one step a look. It needs
 * neither the state table nor the policy. Idempotent: a limit at its baseline is done.
 */
export function createFailSafe(dependencies: FailSafeDependencies): (event: unknown) => Promise<void> {
  return async (event) => {
    const { clock, vitalSigns, rules } = dependencies;
    const now = clock.now();
    if (!isSilent(await vitalSigns.recentBeat(now), now, rules)) return;
    const trigger = readFailSafeTrigger(event);
    const surroundings = await lookAround(dependencies);
    const step = nextStep(surroundings);
    // The wake-ups that are on their way write the plans, each at its time.
    if (step.kind === 'raise-plan' && trigger !== 'wake-up' && (await isUnderWay(dependencies))) return;
    const outcome = await take(dependencies, step, surroundings);
    await report(dependencies, trigger, step, outcome);
    if (trigger !== 'wake-up') await sendWakeUps(dependencies, step);
  };
}

async function take(dependencies: FailSafeDependencies, step: Step, { reading }: Surroundings): Promise<Outcome> {
  const { gateway, baseline } = dependencies;
  switch (step.kind) {
    case 'raise-stage':
      return noted(dependencies, STAGE, await gateway.writeStage(baseline, step.limits, reading));
    case 'raise-plan':
      return noted(dependencies, step.tier, await gateway.writePlan(step.planId, step.limit));
    default:
      return 'none';
  }
}

/** A raise is remembered by the metric that it leaves. */
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
 * One wake-up for every plan that is left; a wake-up itself never sends any, so that none can go on for ever. A queue
 * that does not answer must not stop the schedule, which then writes one plan a minute by itself.
 */
async function sendWakeUps({ sendWakeUp, logger }: FailSafeDependencies, step: Step): Promise<void> {
  if (step.kind !== 'raise-stage' && step.kind !== 'raise-plan') return;
  try {
    for (let turn = 1; turn <= step.plansLeft; turn++) await sendWakeUp(turn * PLAN_SPACING_SECONDS);
  } catch (error) {
    logger.warn('The wake-ups could not be sent.', { reason: describeError(error) });
  }
}

/** What cannot be counted is not waited for. */
async function isUnderWay({ pendingWakeUps, logger }: FailSafeDependencies): Promise<boolean> {
  try {
    return (await pendingWakeUps()) > 0;
  } catch (error) {
    logger.warn('The wake-ups could not be counted.', { reason: describeError(error) });
    return false;
  }
}
