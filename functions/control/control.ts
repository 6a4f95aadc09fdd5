import { apiStageName } from '../../shared/platform/api-stage.ts';
import { describeError } from '../../shared/platform/errors.ts';
import type { Governed } from '../../shared/steering/governed.ts';
import type { Metrics } from '../../shared/telemetry/cloudwatch.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import type { ControlDependencies } from './dependencies.ts';
import { lookAndBeat } from './look-under-lease.ts';
import { readRules } from './operator/operator-settings.ts';
import { noteClaim } from './operator/who-changed-it.ts';
import { sendWakeUps } from './send-wake-ups.ts';
import { turnFor } from './turns.ts';

/**
 * The control function: one tick for every governed API. A failure of one API does not prevent the ticks of the others; the
 * invocation then fails at the end, so that the failure is visible.
 */
export function createControl(dependencies: ControlDependencies): (event: unknown) => Promise<void> {
  return async (event) => {
    await noteClaim(dependencies, event);
    const trigger = await turnFor(dependencies, event);
    if (trigger === undefined) return;
    const { governed, isPaused } = await readRules(dependencies, trigger);
    const metrics: Metrics = isPaused ? new Map() : await minuteMetrics(dependencies, governed);
    const failures: string[] = [];
    const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        failures.push(`${name}: ${describeError(error)}`);
      }
    };
    for (const each of governed) {
      const name = apiStageName(each.api);
      const errand = { governed: each, trigger, isPaused, metrics: metrics.get(name) };
      await attempt(name, () => lookAndBeat(dependencies, errand));
    }
    // Without a governed API there is no tick, but control is alive.
    if (governed.length === 0)
      dependencies.publish(apiDimensions(dependencies.baseline), [{ name: 'Heartbeat', unit: 'Count', values: [1] }]);
    await attempt('wake-ups', () => sendWakeUps(dependencies));
    if (failures.length > 0) throw new Error(`Part of the tick failed. ${failures.join('; ')}`);
  };
}

/** Without an answer from CloudWatch there are no minute metrics; the law then decides without them. */
async function minuteMetrics(
  { gateway, readMetrics, clock, logger }: ControlDependencies,
  governed: readonly Governed[],
): Promise<Metrics> {
  try {
    const apis = [];
    for (const { api, policy } of governed) {
      const methods = Object.keys(policy.methodCost);
      apis.push({ ...api, apiName: await gateway.apiName(api.apiId), methods });
    }
    return await readMetrics(apis, clock.now());
  } catch (error) {
    logger.warn('The minute metrics could not be read.', { reason: describeError(error) });
    return new Map();
  }
}
