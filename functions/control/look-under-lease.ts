import { apiStageName } from '../../shared/platform/api-stage.ts';
import { type Lease, releaseLease, renewIfPending, takeLease } from '../../shared/state/lease.ts';
import { type Governed, isOverdue } from '../../shared/steering/governed.ts';
import { mayRelax, type Trigger } from '../../shared/steering/trigger.ts';
import type { ApiMetrics } from '../../shared/telemetry/cloudwatch.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import { triggerNamed } from './control-trigger.ts';
import type { ControlDependencies } from './dependencies.ts';
import { readRules } from './operator/operator-settings.ts';
import type { Look } from './tick/look.ts';
import { recall } from './tick/recall.ts';
import { recordPause } from './tick/record-pause.ts';
import { tickWithBackoff } from './tick/tick-with-backoff.ts';

/** Why an API is looked at. */
export interface Errand {
  readonly governed: Governed;
  readonly trigger: Trigger;
  /** Whether the switch pauses every API. */
  readonly isPaused: boolean;
  readonly metrics: ApiMetrics | undefined;
}

/** A trigger that came during a look gets a look of its own, but a storm of them must end. */
const MOST_LOOKS = 3;

/** Looks at an API. The heartbeat says that a tick of this API has come to its end here, and nothing else. */
export async function lookAndBeat(dependencies: ControlDependencies, errand: Errand): Promise<void> {
  const { table, clock, publish } = dependencies;
  const { api } = errand.governed;
  const pending = { trigger: errand.trigger, isWeak: !mayRelax(errand.trigger) };
  const lease = await takeLease(table, api, clock.now(), pending);
  // Whoever holds the lease finds this trigger pending, and looks again.
  if (!lease || !(await lookUnder(dependencies, lease, errand))) return;
  publish(apiDimensions(api), [{ name: 'Heartbeat', unit: 'Count', values: [1] }]);
}

/**
 * One look under the lease, and another for triggers that came meanwhile.
 * @returns whether a tick came to its end
 */
async function lookUnder(dependencies: ControlDependencies, taken: Lease, first: Errand): Promise<boolean> {
  const { table, clock } = dependencies;
  let lease = taken;
  let errand: Errand | undefined = first;
  let isReleased = false;
  let isFinished = false;
  try {
    for (let looks = 1; errand; looks++) {
      const memory = await recall(dependencies, looks > 1 ? { ...lease, look: looks } : lease, errand);
      lease = memory.lease;
      isFinished = (await lookOnce(dependencies, { ...errand, memory }, errand.isPaused)) || isFinished;
      // To find no trigger pending and to release the lease is one step: a trigger left between the two would be lost.
      isReleased = await releaseLease(table, lease, looks === MOST_LOOKS);
      const pending = isReleased ? undefined : await renewIfPending(table, lease, clock.now());
      if (pending === undefined) break;
      errand = await nextErrand(dependencies, errand, triggerNamed(pending));
    }
  } finally {
    if (!isReleased) await releaseLease(table, lease, true);
  }
  return isFinished;
}

/** The next look at the same API; the trigger may be the edit of a parameter, so that the rules are read again. */
async function nextErrand(
  dependencies: ControlDependencies,
  errand: Errand,
  trigger: Trigger,
): Promise<Errand | undefined> {
  const { governed: all, isPaused } = await readRules(dependencies, trigger);
  const governed = all.find(({ api }) => apiStageName(api) === apiStageName(errand.governed.api));
  return governed && { ...errand, governed, trigger, isPaused };
}

async function lookOnce(dependencies: ControlDependencies, look: Look, isPaused: boolean): Promise<boolean> {
  publishOverdue(dependencies, look.governed);
  // The switch stops the law. A kill is stronger: it takes the stage down all the same.
  const isKilled = look.governed.override?.override.action === 'kill';
  if (!isPaused || isKilled) return await tickWithBackoff(dependencies, look);
  await recordPause(dependencies, look);
  return true;
}

/** Rings, by an alarm on this metric, while an override lasts beyond its bound; published also when not, to end the ringing. */
function publishOverdue({ publish, clock }: ControlDependencies, governed: Governed): void {
  const value = isOverdue(governed, clock.now()) ? 1 : 0;
  publish(apiDimensions(governed.api), [{ name: 'OverrideOverdue', unit: 'Count', values: [value] }]);
}
