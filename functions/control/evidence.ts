import type { ApiStage } from '../../shared/platform/api-stage.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { LawRecord } from '../../shared/state/control-record.ts';
import type { Table } from '../../shared/state/table.ts';
import { readWindowParts } from '../../shared/state/window-store.ts';
import { closedWindows } from '../../shared/telemetry/watermark.ts';
import type { Window } from '../../shared/telemetry/window.ts';

/** Windows that no earlier tick has seen, and how far that makes us. */
export interface Evidence {
  /** Oldest first within each source; the law decides which source to hear. */
  readonly windows: readonly Window[];
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
  metricWindows: readonly Window[],
  now: EpochMs,
): Promise<Evidence> {
  const afterLogsMs = Math.max(law?.seenLogsMs ?? 0, now - LONGEST_REACH_MS);
  const afterMetricsMs = law?.seenMetricsMs ?? 0;
  const parts = await readWindowParts(table, api, afterLogsMs - LAG_REACH_MS, now);
  const logs = closedWindows(parts, afterLogsMs, now);
  const metrics = metricWindows.filter((window) => window.startMs > afterMetricsMs);
  return {
    windows: [...logs, ...metrics],
    seenLogsMs: logs.at(-1)?.startMs ?? afterLogsMs,
    seenMetricsMs: metrics.at(-1)?.startMs ?? afterMetricsMs,
  };
}
