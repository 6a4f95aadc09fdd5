import { apiStageName } from '../../shared/platform/api-stage.ts';
import { describeError } from '../../shared/platform/errors.ts';
import type { Damage } from '../../shared/state/items/table.ts';
import { type Lease, releaseLease, releaseWithPending, renewIfPending, takeLease } from '../../shared/state/lease.ts';
import { postponeTurn } from '../../shared/state/looks.ts';
import { type Governed, isOverdue } from '../../shared/steering/governed.ts';
import { mayRelax, type Trigger } from '../../shared/steering/trigger.ts';
import type { ApiMetrics } from '../../shared/telemetry/cloudwatch.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import { triggerNamed } from './control-trigger.ts';
import type { ControlDependencies } from './dependencies.ts';
import { noteTooLarge } from './operator/notices.ts';
import { readRules } from './operator/operator-settings.ts';
import type { Look } from './tick/look.ts';
import { recall } from './tick/recall.ts';
import { recordPause } from './tick/record-pause.ts';
import { tickWithBackoff } from './tick/tick-with-backoff.ts';

/** The reason for a look at an API. */
export interface Errand {
  readonly governed: Governed;
  readonly trigger: Trigger;
  /** Whether the switch pauses every API. */
  readonly isPaused: boolean;
  readonly metrics: ApiMetrics | undefined;
}

/** Looks under one lease: a trigger during a look causes another look, but a storm of triggers must end. */
const MOST_LOOKS = 3;
/** The delay of a look for a trigger that arrived during the last look under a lease. */
const NEXT_LOOK_MS = 1_000;

/** Looks at an API, and publishes the heartbeat only if a tick of the API was completed. */
export async function lookAndBeat(dependencies: ControlDependencies, errand: Errand): Promise<void> {
  const { table, clock, publish } = dependencies;
  const { api } = errand.governed;
  const pending = { trigger: errand.trigger, isWeak: !mayRelax(errand.trigger) };
  const lease = await takeLease(table, api, clock.now(), pending);
  // The holder of the lease finds this trigger pending and looks again.
  if (!lease || !(await lookUnder(dependencies, lease, errand))) return;
  publish(apiDimensions(api), [{ name: 'Heartbeat', unit: 'Count', values: [1] }]);
}

/**
 * Looks under the lease, and again for triggers that arrive meanwhile.
 * @returns whether a tick was completed
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
      // Checking `pending` and releasing the lease is one step: a trigger that arrives between the two would be lost.
      isReleased = await releaseLease(table, lease);
      if (isReleased || looks === MOST_LOOKS) break;
      const pending = await renewIfPending(table, lease, clock.now());
      if (pending === undefined) break;
      errand = await nextErrand(dependencies, errand, triggerNamed(pending));
    }
  } finally {
    if (!isReleased) await releaseForLater(dependencies, lease);
  }
  return isFinished;
}

/** Releases the lease; a trigger that is still pending causes another look soon, because it may be a kill. */
async function releaseForLater(dependencies: ControlDependencies, lease: Lease): Promise<void> {
  const { table, clock, sendLook, logger } = dependencies;
  if (await releaseLease(table, lease)) return;
  const pending = await releaseWithPending(table, lease);
  if (pending === undefined) return;
  try {
    const now = clock.now();
    const wish = { trigger: pending, isWeak: !mayRelax(triggerNamed(pending)), dueMs: now + NEXT_LOOK_MS };
    const turn = await postponeTurn(table, lease.api, wish, now);
    if (turn.kind === 'later') await sendLook(Math.ceil(turn.delayMs / 1000));
  } catch (error) {
    logger.error('A look could not be scheduled; the next scheduled tick stands in for it.', {
      trigger: pending,
      reason: describeError(error),
    });
  }
}

/** The next look at the API. Its trigger may be the edit of a parameter, so the operators' settings are read again. */
async function nextErrand(
  dependencies: ControlDependencies,
  errand: Errand,
  trigger: Trigger,
): Promise<Errand | undefined> {
  const { governed: all, isPaused } = await readRules(dependencies, trigger);
  const governed = all.find(({ api }) => apiStageName(api) === apiStageName(errand.governed.api));
  return governed && { ...errand, governed, trigger, isPaused };
}

/** Looks once, and records what of the state was too large to be stored. */
async function lookOnce(dependencies: ControlDependencies, look: Look, isPaused: boolean): Promise<boolean> {
  const tooLarge: Damage[] = [];
  const report = (damage: Damage) => {
    dependencies.table.report?.(damage);
    if (damage.isTooLarge) tooLarge.push(damage);
  };
  const table = { ...dependencies.table, report };
  const isFinished = await tickUnlessPaused({ ...dependencies, table }, look, isPaused);
  for (const each of tooLarge) await noteTooLarge(dependencies, each, look);
  return isFinished;
}

async function tickUnlessPaused(dependencies: ControlDependencies, look: Look, isPaused: boolean): Promise<boolean> {
  publishOverdue(dependencies, look.governed);
  // The switch stops the law, but not a kill.
  const isKilled = look.governed.override?.override.action === 'kill';
  if (!isPaused || isKilled) return await tickWithBackoff(dependencies, look);
  await recordPause(dependencies, look);
  return true;
}

/** Publishes 1 while an override exceeds its time bound, which raises an alarm, and otherwise 0, which ends the alarm. */
function publishOverdue({ publish, clock }: ControlDependencies, governed: Governed): void {
  const value = isOverdue(governed, clock.now()) ? 1 : 0;
  publish(apiDimensions(governed.api), [{ name: 'OverrideOverdue', unit: 'Count', values: [value] }]);
}
