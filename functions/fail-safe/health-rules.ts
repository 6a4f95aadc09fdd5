import { METRICS_COMPLETE_MS } from '../../shared/platform/aws-assumptions.ts';
import type { FailSafeRules } from '../../shared/platform/environment.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { BackendMinute } from '../../shared/telemetry/vital-signs.ts';

/** The health of the backend while control is silent. `unknown` never counts as healthy. */
export interface Health {
  readonly kind: 'healthy' | 'unhealthy' | 'unknown';
  /** One clause for a person, with the decisive numbers. */
  readonly why: string;
}

const MINUTE_MS = 60_000;

/** Whether control has published no heartbeat for as many whole minutes as the heartbeat alarm requires. */
export function isSilent(lastBeatMs: EpochMs | undefined, now: EpochMs, { silentMinutes }: FailSafeRules): boolean {
  const firstMissedMs = (Math.floor(now / MINUTE_MS) - silentMinutes) * MINUTE_MS;
  return lastBeatMs === undefined || lastBeatMs < firstMissedMs;
}

/**
 * The backend is healthy if each of the newest settled minutes is; a later bad minute that is already visible is a veto.
 * @param minutes oldest first; minutes without answers are absent
 */
export function judgeBackend(minutes: readonly BackendMinute[], now: EpochMs, rules: FailSafeRules): Health {
  const settledEndMs = Math.floor((now - METRICS_COMPLETE_MS) / MINUTE_MS) * MINUTE_MS;
  const firstMs = settledEndMs - rules.healthyMinutes * MINUTE_MS;
  const bad = minutes.filter(({ startMs }) => startMs >= firstMs).findLast((minute) => violationIn(minute, rules));
  if (bad) return { kind: 'unhealthy', why: `${violationIn(bad, rules)} in the minute of ${timeOf(bad.startMs)}` };
  for (let startMs = firstMs; startMs < settledEndMs; startMs += MINUTE_MS) {
    const answered = minutes.find((minute) => minute.startMs === startMs)?.answered ?? 0;
    if (answered < rules.leastAnswered) {
      return { kind: 'unknown', why: `only ${answered} answers in the minute of ${timeOf(startMs)}` };
    }
  }
  return { kind: 'healthy', why: `${rules.healthyMinutes} healthy minutes from ${timeOf(firstMs)} on` };
}

function violationIn(minute: BackendMinute, { objective }: FailSafeRules): string | undefined {
  const { answered, serverErrors } = minute;
  const share = serverErrors / Math.max(1, answered);
  if (share > objective.errorShare) return `${serverErrors} server errors in ${answered} answers`;
  if (minute.latencyMs <= objective.latencyMs) return undefined;
  return `a p${objective.latencyPercentile} of ${Math.round(minute.latencyMs)} ms`;
}

const timeOf = (atMs: EpochMs): string => new Date(atMs).toISOString().slice(11, 16);
