import type { Heartbeat } from '../../../shared/law/types.ts';
import type { ApiStage } from '../../../shared/platform/api-stage.ts';
import type { EpochMs } from '../../../shared/platform/units.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import type { LawRecord } from '../../../shared/state/control-record.ts';
import type { EvidenceNote } from '../../../shared/state/decisions.ts';
import type { Table } from '../../../shared/state/items/table.ts';
import { readWindowParts } from '../../../shared/state/window-store.ts';
import type { ApiMetrics } from '../../../shared/telemetry/cloudwatch.ts';
import { heartbeatOf, type MinuteCount, type Tolerance, withDoubts } from '../../../shared/telemetry/verdict.ts';
import { closedWindows } from '../../../shared/telemetry/watermark.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { WINDOW_MS } from '../../../shared/telemetry/windows.ts';

/** Windows that no earlier tick has seen, what AWS's own count says of them, and how far that makes us. */
export interface Evidence {
  /** Oldest first within each source; the law decides which source to hear. */
  readonly windows: readonly Window[];
  /** Undefined when CloudWatch did not answer. */
  readonly heartbeat: Heartbeat | undefined;
  /** For the record of decisions. */
  readonly trust: Pick<EvidenceNote, 'heartbeat' | 'doubts'>;
  readonly seenLogsMs: EpochMs;
  readonly seenMetricsMs: EpochMs;
}

/** Older windows are history: after a long silence the law starts from what is, not from what was. */
const LONGEST_REACH_MS = 10 * 60_000;
/** Parts this far before the first unseen window are read again: their lags set the watermark. */
const LAG_REACH_MS = 120_000;

export async function readEvidence(
  table: Table,
  api: ApiStage,
  law: LawRecord | undefined,
  metrics: ApiMetrics | undefined,
  policy: Policy,
  now: EpochMs,
): Promise<Evidence> {
  const afterLogsMs = Math.max(law?.seenLogsMs ?? 0, now - LONGEST_REACH_MS);
  const afterMetricsMs = law?.seenMetricsMs ?? 0;
  const parts = await readWindowParts(table, api, afterLogsMs - LAG_REACH_MS, now);
  const logs = closedWindows(parts, afterLogsMs, now);
  const minuteWindows = (metrics?.windows ?? []).filter((window) => window.startMs > afterMetricsMs);
  const logEndMs = Math.max(afterLogsMs, ...parts.map(({ startMs }) => startMs + WINDOW_MS));
  return {
    ...judged([...logs, ...minuteWindows], metrics?.minutes, logEndMs, policy),
    seenLogsMs: logs.at(-1)?.startMs ?? afterLogsMs,
    seenMetricsMs: minuteWindows.at(-1)?.startMs ?? afterMetricsMs,
  };
}

function judged(
  windows: readonly Window[],
  minutes: readonly MinuteCount[] | undefined,
  logEndMs: EpochMs,
  { trust, blind }: Policy,
): Pick<Evidence, 'windows' | 'heartbeat' | 'trust'> {
  const tolerance: Tolerance = { ...trust, lateMs: blind.afterSeconds * 1000 };
  const heartbeat = minutes && heartbeatOf(minutes, logEndMs, tolerance);
  const checked = withDoubts(windows, minutes ?? [], tolerance);
  const doubts = [...new Set(checked.flatMap(({ doubt }) => doubt ?? []))];
  return { windows: checked, heartbeat, trust: { heartbeat: heartbeat?.kind ?? 'unknown', doubts } };
}
