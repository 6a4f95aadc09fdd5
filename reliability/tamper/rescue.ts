import type { EpochMs } from '../../shared/platform/units.ts';
import { readDecisions } from '../faults/recorded-decisions.ts';
import type { Scene } from '../faults/scene.ts';
import { asOperator, HEARTBEAT_ALARM } from './at-rest.ts';

/** The reaction to a control that does not complete its ticks. */
export interface Rescue {
  /** The beginning of the first minute whose tick did not finish; undefined when all did. */
  readonly silentMs: EpochMs | undefined;
  /** From there to the alarm, in seconds. */
  readonly alarmSeconds: number | null;
  /** From the alarm to the fail-safe's word, in seconds. */
  readonly failSafeSeconds: number | null;
}

export const NO_RESCUE: Rescue = { silentMs: undefined, alarmSeconds: null, failSafeSeconds: null };

const ALARM_WITHIN_SECONDS = 300;
const FAIL_SAFE_WITHIN_SECONDS = 60;
const MINUTE_MS = 60_000;
const STEP_MS = 10_000;
/** The first tick comes within a minute. */
const LONGEST_MS = MINUTE_MS + 1000 * (ALARM_WITHIN_SECONDS + FAIL_SAFE_WITHIN_SECONDS);

/** Waits for the alarm and the fail-safe, as long as they may take from the beginning of a play on. */
export async function awaitRescue(scene: Scene, startMs: EpochMs): Promise<Rescue> {
  const { clock } = scene.cloud;
  let rescue = NO_RESCUE;
  while (clock.now() < startMs + LONGEST_MS && rescue.failSafeSeconds === null) {
    await clock.runUntil(clock.now() + STEP_MS);
    rescue = await rescueSoFar(scene, startMs);
  }
  return rescue;
}

/** Why it was none; undefined when it came in time. */
export function whyNoRescue({ silentMs, alarmSeconds, failSafeSeconds }: Rescue): string | undefined {
  if (silentMs === undefined) return 'every tick counts as finished';
  if (alarmSeconds === null) return 'no alarm rang';
  if (alarmSeconds > ALARM_WITHIN_SECONDS) return `the alarm rang only after ${alarmSeconds} s`;
  if (failSafeSeconds === null) return 'the fail-safe said nothing';
  if (failSafeSeconds > FAIL_SAFE_WITHIN_SECONDS)
    return `the fail-safe spoke only ${failSafeSeconds} s after the alarm`;
  return undefined;
}

async function rescueSoFar(scene: Scene, startMs: EpochMs): Promise<Rescue> {
  const silentMs = await firstSilentMinute(scene, startMs);
  const alarmMs = await firstAlarm(scene, startMs);
  if (silentMs === undefined || alarmMs === undefined) return { ...NO_RESCUE, silentMs };
  const word = scene.record.announcements.find(({ by, atMs }) => by === 'failSafe' && atMs >= alarmMs);
  const failSafeSeconds = word ? (word.atMs - alarmMs) / 1000 : null;
  return { silentMs, alarmSeconds: (alarmMs - silentMs) / 1000, failSafeSeconds };
}

/** The first whole minute of a play that has no decision, or no heartbeat. */
async function firstSilentMinute(scene: Scene, startMs: EpochMs): Promise<EpochMs | undefined> {
  const decisions = await readDecisions(scene, startMs);
  const beats = await heartbeats(scene, startMs);
  const firstMs = Math.ceil(startMs / MINUTE_MS) * MINUTE_MS;
  for (let fromMs = firstMs; fromMs + MINUTE_MS <= scene.cloud.clock.now(); fromMs += MINUTE_MS) {
    const isIn = (atMs: EpochMs) => atMs >= fromMs && atMs < fromMs + MINUTE_MS;
    if (!decisions.some(({ atMs }) => isIn(atMs)) || !beats.some(isIn)) return fromMs;
  }
  return undefined;
}

async function heartbeats(scene: Scene, startMs: EpochMs): Promise<readonly EpochMs[]> {
  const { apiId, stageName } = scene.service;
  const { Datapoints } = await asOperator<{ Datapoints: { Timestamp: Date }[] }>(
    scene,
    'monitoring',
    'GetMetricStatistics',
    {
      Namespace: 'Tidegate',
      MetricName: 'Heartbeat',
      Dimensions: [
        { Name: 'Api', Value: apiId },
        { Name: 'Stage', Value: stageName },
      ],
      StartTime: new Date(startMs - MINUTE_MS),
      EndTime: new Date(scene.cloud.clock.now() + MINUTE_MS),
      Period: 60,
      Statistics: ['Sum'],
    },
  );
  return Datapoints.map(({ Timestamp }) => Timestamp.getTime());
}

async function firstAlarm(scene: Scene, startMs: EpochMs): Promise<EpochMs | undefined> {
  const { AlarmHistoryItems } = await asOperator<{ AlarmHistoryItems: { Timestamp: Date; HistorySummary: string }[] }>(
    scene,
    'monitoring',
    'DescribeAlarmHistory',
    { AlarmName: HEARTBEAT_ALARM, HistoryItemType: 'StateUpdate', StartDate: new Date(startMs) },
  );
  const rung = AlarmHistoryItems.filter(({ HistorySummary }) => HistorySummary.endsWith('to ALARM'));
  return rung.map(({ Timestamp }) => Timestamp.getTime()).sort((a, b) => a - b)[0];
}
