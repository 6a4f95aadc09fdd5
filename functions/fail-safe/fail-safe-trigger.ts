/**
 * What made the fail-safe look: the heartbeat alarm, its own schedule, or a wake-up that an earlier look sent. Whatever
 * is in an event, the truth is read anew; an event of an unknown form is a reason to look like the schedule.
 */
export type FailSafeTrigger = 'alarm' | 'schedule' | 'wake-up';

export function readFailSafeTrigger(event: unknown): FailSafeTrigger {
  const { source, Records } = (event ?? {}) as { source?: unknown; Records?: unknown };
  if (Array.isArray(Records)) return 'wake-up';
  return source === 'aws.cloudwatch' ? 'alarm' : 'schedule';
}
