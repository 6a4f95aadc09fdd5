import { apiStageName } from '../../shared/platform/api-stage.ts';
import { explainRefusal } from '../../shared/platform/refusal.ts';
import { type Turn, takeTrailingTurn, takeTurn } from '../../shared/state/looks.ts';
import { mayRelax, type Trigger } from '../../shared/steering/trigger.ts';
import { readTrigger, triggerNamed, whyUnknown } from './control-trigger.ts';
import type { ControlDependencies } from './dependencies.ts';

/** Minimum time between two looks caused by such events; one look covers any number of them. */
const LOOK_INTERVAL_MS = 10_000;
/** A deploy or a script may store many parameters in a row. */
const PARAMETER_INTERVAL_MS = 1_000;

/**
 * The trigger for which this invocation looks; undefined if another look covers the event. This is decided before any
 * parameter is read or management call made, with one read and at most one write: a flood of events causes one look, and one
 * more at the end of the interval. The schedule and overrides never wait.
 */
export async function turnFor(dependencies: ControlDependencies, event: unknown): Promise<Trigger | undefined> {
  const { table, baseline, clock, logger } = dependencies;
  if (isPostponedLook(event)) return triggerOf(await takeTrailingTurn(table, baseline, clock.now()));
  const trigger = readTrigger(event);
  if (trigger === 'unknown')
    logger.warn('Control received an event of an unknown form.', { why: explainRefusal(whyUnknown(event)) });
  const intervalMs = intervalOf(dependencies, trigger, event);
  if (intervalMs === 0) return trigger;
  if (trigger === 'look-now' && !isOfOurApi(dependencies, event)) return undefined;
  const turn = await takeTurn(table, baseline, { trigger, isWeak: !mayRelax(trigger), intervalMs }, clock.now());
  if (turn.kind === 'later') await dependencies.sendLook(Math.ceil(turn.delayMs / 1000));
  return triggerOf(turn);
}

const triggerOf = (turn: Turn): Trigger | undefined => (turn.kind === 'now' ? triggerNamed(turn.trigger) : undefined);

/** Whether the event is a message of the queue `looks`, whose content is ignored: the table holds the postponed look. */
function isPostponedLook(event: unknown): boolean {
  const records: unknown = (event as { Records?: unknown } | null)?.Records;
  return Array.isArray(records) && (records[0] as { eventSource?: unknown } | undefined)?.eventSource === 'aws:sqs';
}

function intervalOf({ parameterPrefix }: ControlDependencies, trigger: Trigger, event: unknown): number {
  if (trigger === 'schedule') return 0;
  if (trigger !== 'parameter') return LOOK_INTERVAL_MS;
  const { name } = (event as { detail: { name: string } }).detail;
  return name.startsWith(`${parameterPrefix}/overrides/`) ? 0 : PARAMETER_INTERVAL_MS;
}

function isOfOurApi({ baseline }: ControlDependencies, event: unknown): boolean {
  const { apiId, stage } = (event as { detail: { apiId: string; stage: string } }).detail;
  return apiStageName({ apiId, stage }) === apiStageName(baseline);
}
