/**
 * What made the fail-safe look: the heartbeat alarm, its own schedule, or a wake-up from an earlier look. The content of an
 * event is never trusted; an unknown event counts as the schedule.
 */
export type FailSafeTrigger = 'alarm' | 'schedule' | 'wake-up';

export function readFailSafeTrigger(event: unknown): FailSafeTrigger {
  const { source, Records } = (event ?? {}) as { source?: unknown; Records?: unknown };
  if (Array.isArray(Records)) return 'wake-up';
  return source === 'aws.cloudwatch' ? 'alarm' : 'schedule';
}
