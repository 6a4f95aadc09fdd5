import type { CostUnitsPerSecond, EpochMs } from '../../../shared/platform/units.ts';
import type { Knowledge, KnownKey } from '../knowledge.ts';

/** Capacity and demand as they will be when a limit that is written now is in force. */
export interface Outlook {
  capacityCups(aheadSeconds: number): CostUnitsPerSecond;
  keys(aheadSeconds: number): KnownKey[];
}

export type OutlookAt = (knowledge: Knowledge, now: EpochMs) => Outlook;

const STEP_SECONDS = 5;
/** What goes on as it went: at most this share of the present is believed to come or go. */
const MOST_CHANGE_SHARE = 0.4;

/** From the present and how it came about: a course goes on, a step does not repeat itself. */
export const extrapolated: OutlookAt = (knowledge, now) => fromThePast(knowledge, now, 0);

/** The same of what was `lateSeconds` ago, taken to have gone on as it went for `coveredSeconds` of them. */
export const late = (lateSeconds: number, coveredSeconds: number): OutlookAt => {
  return (knowledge, now) => fromThePast(knowledge, now - lateSeconds * 1000, coveredSeconds);
};

function fromThePast(knowledge: Knowledge, seenMs: EpochMs, coveredSeconds: number): Outlook {
  const course = <T>(of: (atMs: EpochMs) => T): [T, T, T] => {
    return [of(seenMs), of(seenMs - STEP_SECONDS * 1000), of(seenMs - 2 * STEP_SECONDS * 1000)];
  };
  const capacity = course((atMs) => knowledge.capacityCups(atMs));
  const demand = course((atMs) => new Map(knowledge.keyDemand(atMs).map((key) => [key.keyId, key.rps])));
  const present = knowledge.keyDemand(seenMs);
  return {
    capacityCups: (ahead) => goingOn(capacity, coveredSeconds + ahead),
    keys: (ahead) =>
      present.map((key) => {
        const [, before, earlier] = demand.map((rates) => rates.get(key.keyId) ?? 0);
        return { ...key, rps: goingOn([key.rps, before ?? 0, earlier ?? 0], coveredSeconds + ahead) };
      }),
  };
}

/** The smaller of the last two changes goes on, if both went the same way. */
function goingOn([now, before, earlier]: readonly [number, number, number], aheadSeconds: number): number {
  const [last, previous] = [now - before, before - earlier];
  const change = last * previous <= 0 ? 0 : Math.sign(last) * Math.min(Math.abs(last), Math.abs(previous));
  const most = MOST_CHANGE_SHARE * now;
  return now + Math.min(most, Math.max(-most, (change * aheadSeconds) / STEP_SECONDS));
}

/** The next 30 s are known as well: of the time in which a limit may come into force, the worst counts. */
export const foreknown: OutlookAt = (knowledge, now) => {
  const around = (ahead: number) => [0.5, 1, 1.5].map((part) => now + Math.min(KNOWN_SECONDS, ahead * part) * 1000);
  return {
    capacityCups: (ahead) => Math.min(...around(ahead).map((atMs) => knowledge.capacityCups(atMs))),
    keys: (ahead) => {
      const most = new Map<string, KnownKey>();
      for (const key of around(ahead).flatMap((atMs) => knowledge.keyDemand(atMs))) {
        if (key.rps >= (most.get(key.keyId)?.rps ?? 0)) most.set(key.keyId, key);
      }
      return [...most.values()];
    },
  };
};

const KNOWN_SECONDS = 30;
