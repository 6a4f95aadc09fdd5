import { apiStageName } from '../../shared/platform/api-stage.ts';
import { explainRefusal } from '../../shared/platform/refusal.ts';
import { type Turn, takeTrailingTurn, takeTurn } from '../../shared/state/looks.ts';
import { mayRelax, type Trigger } from '../../shared/steering/trigger.ts';
import { readTrigger, triggerNamed, whyUnknown } from './control-trigger.ts';
import type { ControlDependencies } from './dependencies.ts';

/** After one look of these, the next one waits: they may come in any number, and one look sees what all of them tell of. */
const LOOK_INTERVAL_MS = 10_000;
/** A deploy or a script puts many parameters one after the other. */
const PARAMETER_INTERVAL_MS = 1_000;

/**
 * Which trigger this invocation is to look for; undefined when it is not its turn. Decided before any parameter and any
 * management call, at the price of a reading and at most one write: a flood of events is one look, and one more when the
 * interval is over. The schedule and an operator's brake wait for nobody.
 */
export async function turnFor(dependencies: ControlDependencies, event: unknown): Promise<Trigger | undefined> {
  const { table, baseline, clock, logger } = dependencies;
  if (isPutOff(event)) return triggerOf(await takeTrailingTurn(table, baseline, clock.now()));
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

/** A message of our own queue, whatever it says: what is to be looked for stands in the table. */
function isPutOff(event: unknown): boolean {
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
