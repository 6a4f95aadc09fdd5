import type { ApiStage } from '../../../shared/platform/api-stage.ts';
import type { EpochMs } from '../../../shared/platform/units.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import type { LawRecord } from '../../../shared/state/control-record.ts';
import type { Table } from '../../../shared/state/items/table.ts';
import { readWindowParts } from '../../../shared/state/window-store.ts';
import type { Evidence } from '../../../shared/steering/observation.ts';
import type { ApiMetrics } from '../../../shared/telemetry/cloudwatch.ts';
import { heartbeatOf, type MinuteCount, type Tolerance, withDoubts } from '../../../shared/telemetry/verdict.ts';
import { closedWindows } from '../../../shared/telemetry/watermark.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { WINDOW_MS } from '../../../shared/telemetry/windows.ts';

/** Older windows are history: after a long silence the law starts from what is, not from what was. */
const LONGEST_REACH_MS = 10 * 60_000;
/** Parts this far before the first unseen window are read again: their lags set the watermark. */
const LAG_REACH_MS = 120_000;

interface Request {
  readonly api: ApiStage;
  readonly policy: Policy;
  /** What the last tick left; its windows are not read again. */
  readonly law: LawRecord | undefined;
  readonly metrics: ApiMetrics | undefined;
  readonly now: EpochMs;
}

/** Reads the windows that no earlier tick has seen, and what AWS's own count says of them. */
export async function readEvidence(table: Table, { api, policy, law, metrics, now }: Request): Promise<Evidence> {
  const afterLogsMs = Math.max(law?.seenLogsMs ?? 0, now - LONGEST_REACH_MS);
  const afterMetricsMs = law?.seenMetricsMs ?? 0;
  const parts = await readWindowParts(table, api, afterLogsMs - LAG_REACH_MS, now);
  const logs = closedWindows(parts, afterLogsMs, now);
  const minuteWindows = (metrics?.windows ?? []).filter((window) => window.startMs > afterMetricsMs);
  const logEndMs = Math.max(afterLogsMs, ...parts.map(({ startMs }) => startMs + WINDOW_MS));
  return {
    ...judged([...logs, ...minuteWindows], { minutes: metrics?.minutes, logEndMs }, policy),
    seenLogsMs: logs.at(-1)?.startMs ?? afterLogsMs,
    seenMetricsMs: minuteWindows.at(-1)?.startMs ?? afterMetricsMs,
  };
}

function judged(
  windows: readonly Window[],
  { minutes, logEndMs }: { readonly minutes: readonly MinuteCount[] | undefined; readonly logEndMs: EpochMs },
  { trust, blind }: Policy,
): Pick<Evidence, 'windows' | 'heartbeat' | 'trust'> {
  const tolerance: Tolerance = { ...trust, lateMs: blind.afterSeconds * 1000 };
  const heartbeat = minutes && heartbeatOf(minutes, logEndMs, tolerance);
  const checked = withDoubts(windows, minutes ?? [], tolerance);
  const doubts = [...new Set(checked.flatMap(({ doubt }) => doubt ?? []))];
  return { windows: checked, heartbeat, trust: { heartbeat: heartbeat?.kind ?? 'unknown', doubts } };
}
