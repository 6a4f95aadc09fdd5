import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { Heartbeat } from '../../shared/law/types.ts';
import { METRICS_ABSENT_MS } from '../../shared/platform/aws-assumptions.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { heartbeatOf, type MinuteCount } from '../../shared/telemetry/verdict.ts';

const MINUTE_MS = 60_000;
/** Number of minutes that control reads from CloudWatch. */
const MINUTES = 11;
/** The benchmark's log loses no lines, so only silence is judged. */
const TOLERANCE = { countToleranceShare: 1, countToleranceRequests: Number.POSITIVE_INFINITY, lateMs: 0 };

/** AWS's own count of requests, minute by minute, by which control tells an idle API from a blind loop. */
export class BenchHeartbeat {
  private readonly counts = new Map<EpochMs, number>();

  /** Requests whose answers were sent at about the same time. */
  add(requests: readonly FinishedRequest[]): void {
    const [first] = requests;
    if (!first) return;
    const minuteMs = Math.floor(first.endMs / MINUTE_MS) * MINUTE_MS;
    this.counts.set(minuteMs, (this.counts.get(minuteMs) ?? 0) + requests.length);
  }

  at(now: EpochMs, logEndMs: EpochMs): Heartbeat {
    const lastMs = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const minutes = Array.from({ length: MINUTES }, (_, index): MinuteCount => {
      const startMs = lastMs - (MINUTES - 1 - index) * MINUTE_MS;
      const count = startMs + MINUTE_MS <= now ? this.counts.get(startMs) : undefined;
      const isSettled = startMs + MINUTE_MS <= now - METRICS_ABSENT_MS;
      return { startMs, counted: count ?? (isSettled ? 0 : undefined), logged: count ?? 0 };
    });
    return heartbeatOf(minutes, logEndMs, TOLERANCE);
  }
}
