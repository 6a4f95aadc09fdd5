import { NotImplemented } from '../../../kernel/aws-error.ts';
import { Sketch } from './sketch.ts';

/** What CloudWatch keeps of the values that fall into one interval. */
export class Statistics {
  /** The beginning of the interval, in milliseconds since the epoch. */
  readonly startMs: number;
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Absent while all values are equal, as for most metrics; `lost` if the single values are unknown. */
  private values: Sketch | 'lost' | undefined;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  /** Adds `value` as often as `count` says; values weigh by their counts. */
  add(value: number, count: number): void {
    if (this.count > 0 && (value !== this.min || value !== this.max)) this.spread();
    if (this.values instanceof Sketch) this.values.add(value, count);
    this.addSums(count, value * count, value, value);
  }

  /** Adds a summary without its single values; percentiles are then known only if all values are equal. */
  addSummary(summary: { count: number; sum: number; min: number; max: number }): void {
    if (summary.count <= 0) return;
    if (summary.min === summary.max) {
      this.add(summary.min, summary.count);
      return;
    }
    this.values = 'lost';
    this.addSums(summary.count, summary.sum, summary.min, summary.max);
  }

  merge(other: Statistics): void {
    if (!(other.values instanceof Sketch)) {
      this.addSummary(other);
      return;
    }
    this.spread();
    if (this.values instanceof Sketch) this.values.merge(other.values);
    this.addSums(other.count, other.sum, other.min, other.max);
  }

  /** Forgets the single values: memory for old data. */
  dropValues(): void {
    if (this.values) this.values = 'lost';
  }

  /** The value of a statistic, or undefined when it cannot be told. */
  value(statistic: Statistic): number | undefined {
    switch (statistic.kind) {
      case 'Sum':
        return this.sum;
      case 'SampleCount':
        return this.count;
      case 'Average':
        return this.sum / this.count;
      case 'Minimum':
        return this.min;
      case 'Maximum':
        return this.max;
      case 'percentile':
        return this.percentile(statistic.percent);
    }
  }

  private percentile(percent: number): number | undefined {
    if (this.min === this.max) return this.min;
    if (!(this.values instanceof Sketch)) return undefined;
    if (percent >= 100) return this.max;
    return Math.min(this.max, Math.max(this.min, this.values.quantile(percent / 100)));
  }

  /** Begins to tell values apart. */
  private spread(): void {
    if (this.values) return;
    this.values = new Sketch();
    if (this.count > 0) this.values.add(this.min, this.count);
  }

  private addSums(count: number, sum: number, min: number, max: number): void {
    this.count += count;
    this.sum += sum;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }
}

export type Statistic =
  | { readonly kind: 'Sum' | 'SampleCount' | 'Average' | 'Minimum' | 'Maximum' }
  | { readonly kind: 'percentile'; readonly percent: number };

/** Reads `Sum` or `p99.9`; undefined for a text that is no statistic at all. @throws NotImplemented for trimmed means and the like. */
export function parseStatistic(text: string): Statistic | undefined {
  switch (text) {
    case 'Sum':
    case 'SampleCount':
    case 'Average':
    case 'Minimum':
    case 'Maximum':
      return { kind: text };
  }
  const percentile = /^p(\d{1,2}(?:\.\d{1,10})?|100(?:\.0{1,10})?)$/.exec(text);
  if (percentile) return { kind: 'percentile', percent: Number(percentile[1]) };
  if (/^(TM|TC|TS|WM|PR|tm|tc|ts|wm)[\d(]|^IQM$/.test(text))
    throw new NotImplemented('monitoring', `Statistic ${text}`);
  return undefined;
}
