import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { MetricValues, PublishMetrics } from '../platform/metrics.ts';
import type { EpochMs, TierName } from '../platform/units.ts';
import type { Cell, Window } from './window.ts';
import { LATENCY_BOUNDS_MS } from './window.ts';
import { addCells, emptyCell } from './windows.ts';

const MINUTE_MS = 60_000;
/** Latency values a batch publishes per tier: the middle of each tenth of its answers. */
const LATENCY_SAMPLES = 10;

export function apiDimensions(api: ApiStage): Record<string, string> {
  return { Api: api.apiId, Stage: api.stage };
}

/**
 * Publishes what one batch added, per minute and tier, stamped with the minute of the events and not of their arrival.
 * Every value is one batch's: counts are to be summed; `BackendLatency` holds up to ten values per batch, so its
 * percentiles weigh batches alike, however many answers each had.
 */
export function publishAddition(api: ApiStage, windows: readonly Window[], publish: PublishMetrics): void {
  const minutes = new Map<EpochMs, Map<TierName, Cell>>();
  for (const window of windows) {
    const minuteMs = Math.floor(window.startMs / MINUTE_MS) * MINUTE_MS;
    const tiers = minutes.get(minuteMs) ?? new Map<TierName, Cell>();
    for (const [tier, cells] of Object.entries(window.cells)) {
      tiers.set(tier, Object.values(cells).reduce(addCells, tiers.get(tier) ?? emptyCell()));
    }
    minutes.set(minuteMs, tiers);
  }
  for (const [minuteMs, tiers] of minutes) {
    for (const [tier, cell] of tiers) publish({ ...apiDimensions(api), Tier: tier }, tierMetrics(cell), minuteMs);
    const logged = [...tiers.values()].reduce((sum, cell) => sum + cell.requests, 0);
    publish(apiDimensions(api), [{ name: 'LoggedRequests', unit: 'Count', values: [logged] }], minuteMs);
  }
  const lagMs = Math.max(0, ...windows.map((window) => window.lagMs));
  publish(apiDimensions(api), [{ name: 'LogLagMs', unit: 'Milliseconds', values: [lagMs] }]);
}

function tierMetrics(cell: Cell): MetricValues[] {
  const metrics: MetricValues[] = [
    { name: 'Requests', unit: 'Count', values: [cell.requests] },
    { name: 'ThrottleCount', unit: 'Count', values: [cell.throttled] },
    { name: 'QuotaExceededCount', unit: 'Count', values: [cell.quotaExceeded] },
    { name: 'ServerErrorCount', unit: 'Count', values: [cell.serverErrors] },
  ];
  const latencies = latencySamples(cell.latency);
  if (latencies.length > 0) metrics.push({ name: 'BackendLatency', unit: 'Milliseconds', values: latencies });
  return metrics;
}

/** Evenly spaced quantiles of a histogram, each as the upper bound of its bucket. */
function latencySamples(latency: readonly number[]): number[] {
  const total = latency.reduce((sum, count) => sum + count, 0);
  const samples = Math.min(LATENCY_SAMPLES, total);
  return Array.from({ length: samples }, (_, index) => quantileMs(latency, (index + 0.5) / samples));
}

/** The upper bound, in milliseconds, of the bucket that holds a quantile (0 to 1) of a histogram; 0 when it is empty. */
export function quantileMs(latency: readonly number[], quantile: number): number {
  const rank = quantile * latency.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of latency.entries()) {
    seen += count;
    if (count > 0 && seen >= rank) return LATENCY_BOUNDS_MS[bucket] ?? 0;
  }
  return 0;
}

/** Share of answers that must be slow, or failed, before a batch is worth a look ahead of the schedule. */
const NOTABLE_SHARE = 0.01;

/** Why control should look now; undefined if the batch gives no reason. */
export function lookReason(api: ApiStage, windows: readonly Window[]): string | undefined {
  const cells = windows.flatMap((window) => Object.values(window.cells).flatMap((methods) => Object.values(methods)));
  const sum = cells.reduce(addCells, emptyCell());
  const reached = sum.latency.reduce((total, count) => total + count, 0);
  const seen = [
    sum.throttled > 0 ? `${sum.throttled} throttled` : '',
    sum.serverErrors > NOTABLE_SHARE * reached ? `${sum.serverErrors} server errors` : '',
    sum.slow > NOTABLE_SHARE * reached ? `${sum.slow} slow answers` : '',
  ].filter((text) => text !== '');
  return seen.length === 0 ? undefined : `${apiStageName(api)}: ${seen.join(', ')} of ${sum.requests} requests`;
}
