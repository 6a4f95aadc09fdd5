/** What made control run. */
export type Trigger = 'schedule' | 'parameter' | 'look-now' | 'alarm' | 'change' | 'deploy' | 'unknown';

const MAY_RELAX: ReadonlySet<Trigger> = new Set(['schedule', 'parameter', 'look-now']);

/** Whether a look of this trigger may raise a limit: not for an alarm, for somebody's change, or for an unknown event. */
export function mayRelax(trigger: Trigger): boolean {
  return MAY_RELAX.has(trigger);
}
