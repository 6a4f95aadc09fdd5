import { apiStageName } from '../../shared/platform/api-stage.ts';
import { describeError } from '../../shared/platform/errors.ts';
import { releaseLease, renewIfPending, takeLease } from '../../shared/state/lease.ts';
import type { ApiMetrics, Metrics } from '../../shared/telemetry/cloudwatch.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import { mayRelax, type Trigger, triggerNamed } from './control-trigger.ts';
import type { ControlDependencies } from './dependencies.ts';
import { type Rules, readRules } from './operator/operator-settings.ts';
import { noteClaim } from './operator/who-changed-it.ts';
import { sendWakeUps } from './send-wake-ups.ts';
import type { Governed } from './steering/governed-api.ts';
import { isOverdue } from './steering/rule-override.ts';
import { tickUnlessCrowded } from './tick/crowded.ts';
import { type Memory, recall } from './tick/recall.ts';
import { holdPaused } from './tick/tick.ts';
import { turnFor } from './turns.ts';

/** A trigger that came during a look gets a look of its own, but a storm of them must end. */
const MOST_LOOKS = 3;

/**
 * The control function: for every governed API, one tick. One API's failure does not keep the others from theirs; the
 * invocation then fails at the end, so that it is seen.
 */
export function createControl(dependencies: ControlDependencies): (event: unknown) => Promise<void> {
  return async (event) => {
    await noteClaim(dependencies, event);
    const trigger = await turnFor(dependencies, event);
    if (trigger === undefined) return;
    const rules = await readRules(dependencies, trigger);
    const metrics = rules.isPaused ? new Map<string, ApiMetrics>() : await minuteMetrics(dependencies, rules.governed);
    const failures: string[] = [];
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        failures.push(`${what}: ${describeError(error)}`);
      }
    };
    for (const governed of rules.governed) {
      const name = apiStageName(governed.api);
      await attempt(name, () => lookAndBeat(dependencies, governed, trigger, rules.isPaused, metrics.get(name)));
    }
    // Where nothing is governed there is nothing to do, and that was done: control lives.
    if (rules.governed.length === 0)
      dependencies.publish(apiDimensions(dependencies.baseline), [{ name: 'Heartbeat', unit: 'Count', values: [1] }]);
    await attempt('wake-ups', () => sendWakeUps(dependencies));
    if (failures.length > 0) throw new Error(`Some of the work was not done. ${failures.join('; ')}`);
  };
}

/** The heartbeat says that a tick of this API has come to its end here, and nothing else. */
async function lookAndBeat(
  dependencies: ControlDependencies,
  governed: Governed,
  trigger: Trigger,
  isPaused: boolean,
  metrics: ApiMetrics | undefined,
): Promise<void> {
  if (!(await look(dependencies, governed, trigger, isPaused, metrics))) return;
  dependencies.publish(apiDimensions(governed.api), [{ name: 'Heartbeat', unit: 'Count', values: [1] }]);
}

/** Without an answer of CloudWatch there is neither slow path nor heartbeat; the law knows how to be blind. */
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

/**
 * One look under the lease, and another for triggers that came meanwhile. Whoever finds it taken leaves word and goes.
 * @returns whether a tick came to its end
 */
async function look(
  dependencies: ControlDependencies,
  first: Governed,
  cause: Trigger,
  paused: boolean,
  metrics: ApiMetrics | undefined,
): Promise<boolean> {
  const { table, clock } = dependencies;
  const word = { trigger: cause, isWeak: !mayRelax(cause) };
  let lease = await takeLease(table, first.api, clock.now(), word);
  if (!lease) return false;
  let trigger = cause;
  let isReleased = false;
  let isFinished = false;
  let governed: Governed | undefined = first;
  let isPaused = paused;
  try {
    for (let looks = 1; governed; looks++) {
      const memory: Memory = await recall(
        dependencies,
        governed,
        looks > 1 ? { ...lease, look: looks } : lease,
        trigger,
      );
      lease = memory.lease;
      isFinished = (await lookOnce(dependencies, governed, memory, trigger, isPaused, metrics)) || isFinished;
      // To find no word and to let go is one step: a word left between the two would be lost.
      isReleased = await releaseLease(table, lease, looks === MOST_LOOKS);
      const pending = isReleased ? undefined : await renewIfPending(table, lease, clock.now());
      if (pending === undefined) break;
      trigger = triggerNamed(pending);
      // The word may be of an edit.
      const rules: Rules = await readRules(dependencies, trigger);
      governed = rules.governed.find(({ api }) => apiStageName(api) === apiStageName(first.api));
      isPaused = rules.isPaused;
    }
  } finally {
    if (!isReleased) await releaseLease(table, lease, true);
  }
  return isFinished;
}

async function lookOnce(
  dependencies: ControlDependencies,
  governed: Governed,
  memory: Memory,
  trigger: Trigger,
  isPaused: boolean,
  metrics: ApiMetrics | undefined,
): Promise<boolean> {
  publishOverdue(dependencies, governed);
  // The switch stops the law. A kill is stronger: it takes the stage down all the same.
  const isKilled = governed.override?.override.action === 'kill';
  if (!isPaused || isKilled) return await tickUnlessCrowded(dependencies, governed, memory, trigger, metrics);
  await holdPaused(dependencies, governed, memory, trigger);
  return true;
}

/** Rings, by an alarm on this metric, while a brake lasts beyond its bound; published also when not, to end the ringing. */
function publishOverdue({ publish, clock }: ControlDependencies, { api, policy, override }: Governed): void {
  const value = isOverdue(override, policy, clock.now()) ? 1 : 0;
  publish(apiDimensions(api), [{ name: 'OverrideOverdue', unit: 'Count', values: [value] }]);
}
