import { ASSUMPTIONS } from '../../../kernel/assumptions.ts';
import type { RandomOf } from '../../../kernel/random.ts';
import type { Clock } from '../../../kernel/simulation-clock.ts';
import { Series } from './series.ts';
import type { Statistics } from './statistics.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** Custom metrics can be read a few seconds after they arrived. */
const CUSTOM_DELAY_MS = 3_000;

/** One value, or one value many times, of one metric. */
export interface MetricSample {
  readonly namespace: string;
  readonly metricName: string;
  /** Name to value; the order does not matter. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** As AWS names units; `None` when absent. */
  readonly unit?: string | undefined;
  readonly timestampMs: number;
  readonly value: number;
  /** How often the value occurred, 1 by default. */
  readonly count?: number | undefined;
  /** 1 keeps seconds, 60 (the default) minutes. AWS's own metrics only have minutes. */
  readonly storageResolution?: number | undefined;
  /** A summary instead of the value, which is then ignored. */
  readonly summary?:
    | { readonly count: number; readonly sum: number; readonly min: number; readonly max: number }
    | undefined;
}

export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly seriesByUnit: Map<string, Series>;
  lastSampleMs: number;
}

interface Pending {
  readonly sample: MetricSample;
  readonly visibleMs: number;
}

/** All metrics, and from when on each value can be read. */
export class MetricStore {
  private readonly clock: Clock;
  private readonly randomOf: RandomOf;
  private readonly metrics = new Map<string, Metric>();
  /** Custom samples on their way, in the order in which they become visible. */
  private pending: Pending[] = [];
  /** How many at the beginning of `pending` are settled already. */
  private settled = 0;
  /** When each of the latest minutes of AWS's own metrics is published. */
  private readonly publication = new Map<number, number>();

  constructor(clock: Clock, randomOf: RandomOf) {
    this.clock = clock;
    this.randomOf = randomOf;
  }

  /** Takes a sample; cheap enough for hundreds of thousands a second. */
  record(sample: MetricSample): void {
    if (isVended(sample.namespace)) {
      this.add(sample);
      return;
    }
    this.settle();
    this.pending.push({ sample, visibleMs: this.clock.now() + CUSTOM_DELAY_MS });
  }

  find(namespace: string, metricName: string, dimensions: Readonly<Record<string, string>>): Metric | undefined {
    this.settle();
    return this.metrics.get(keyOf(namespace, metricName, dimensions));
  }

  all(): Metric[] {
    this.settle();
    return [...this.metrics.values()];
  }

  /** What can be read now of the intervals that begin in [fromMs, toMs). */
  visible(metric: Metric, series: Series, fromMs: number, toMs: number): Statistics[] {
    const intervals = series.range(fromMs, toMs);
    if (!isVended(metric.namespace)) return intervals;
    const nowMs = this.clock.now();
    return intervals.filter((interval) => this.publishedMs(interval.startMs) <= nowMs);
  }

  /** Condenses old values and forgets metrics that have none left. */
  condense(): void {
    const nowMs = this.clock.now();
    for (const [key, metric] of this.metrics) {
      for (const [unit, series] of metric.seriesByUnit) {
        series.condense(nowMs);
        if (series.isEmpty) metric.seriesByUnit.delete(unit);
      }
      if (metric.seriesByUnit.size === 0) this.metrics.delete(key);
    }
    for (const minuteMs of this.publication.keys()) {
      if (latestPublicationMs(minuteMs) <= nowMs) this.publication.delete(minuteMs);
    }
  }

  private settle(): void {
    const nowMs = this.clock.now();
    for (let next = this.pending[this.settled]; next && next.visibleMs <= nowMs; next = this.pending[this.settled]) {
      this.add(next.sample);
      this.settled++;
    }
    if (this.settled * 2 <= this.pending.length) return;
    this.pending = this.pending.slice(this.settled);
    this.settled = 0;
  }

  private add(sample: MetricSample): void {
    const { namespace, metricName, dimensions, unit = 'None', timestampMs, value, count = 1, summary } = sample;
    const key = keyOf(namespace, metricName, dimensions);
    let metric = this.metrics.get(key);
    if (!metric) {
      metric = { namespace, metricName, dimensions: { ...dimensions }, seriesByUnit: new Map(), lastSampleMs: 0 };
      this.metrics.set(key, metric);
    }
    let series = metric.seriesByUnit.get(unit);
    if (!series) {
      series = new Series();
      metric.seriesByUnit.set(unit, series);
    }
    metric.lastSampleMs = this.clock.now();
    const lengthMs = sample.storageResolution === 1 ? SECOND_MS : MINUTE_MS;
    const interval = series.at(Math.floor(timestampMs / lengthMs) * lengthMs);
    if (summary) interval.addSummary(summary);
    else interval.add(value, count);
  }

  /** Drawn once for every minute; the ranges of two minutes do not overlap, so they appear in their order. */
  private publishedMs(minuteMs: number): number {
    const latestMs = latestPublicationMs(minuteMs);
    if (latestMs <= this.clock.now()) return latestMs;
    let atMs = this.publication.get(minuteMs);
    if (atMs === undefined) {
      const { min, max } = ASSUMPTIONS.metricPublicationMs;
      atMs = latestMs - this.randomOf(String(minuteMs))() * (max - min);
      this.publication.set(minuteMs, atMs);
    }
    return atMs;
  }
}

const latestPublicationMs = (minuteMs: number): number => minuteMs + MINUTE_MS + ASSUMPTIONS.metricPublicationMs.max;

const isVended = (namespace: string): boolean => namespace.startsWith('AWS/');

function keyOf(namespace: string, metricName: string, dimensions: Readonly<Record<string, string>>): string {
  const names = Object.keys(dimensions);
  if (names.length > 1) names.sort();
  let key = `${namespace}\u0000${metricName}`;
  for (const name of names) key += `\u0000${name}\u0001${dimensions[name]}`;
  return key;
}
