/** Relative width of a bucket; the middle of a bucket is at most half of that, 1 %, from any value in it. */
const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
/** Keeps the keys of positive and negative values apart, with zero between them, in the order of the values. */
const KEY_OFFSET = 1_000_000;

/** Percentiles of any numbers within about 1 %, in logarithmic buckets that can be added up. */
export class Sketch {
  private readonly counts = new Map<number, number>();

  /** Counts `value` `count` times; the count may be fractional. */
  add(value: number, count: number): void {
    const key = keyOf(value);
    this.counts.set(key, (this.counts.get(key) ?? 0) + count);
  }

  merge(other: Sketch): void {
    for (const [key, count] of other.counts) this.counts.set(key, (this.counts.get(key) ?? 0) + count);
  }

  /** The value below which a share `quantile` (0 to 1) of the counts lies; NaN when nothing was counted. */
  quantile(quantile: number): number {
    const entries = [...this.counts].sort(([a], [b]) => a - b);
    const total = entries.reduce((sum, [, count]) => sum + count, 0);
    let seen = 0;
    for (const [key, count] of entries) {
      seen += count;
      if (seen >= quantile * total) return middleOf(key);
    }
    return Number.NaN;
  }
}

function keyOf(value: number): number {
  if (value === 0) return 0;
  return Math.sign(value) * (Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA) + KEY_OFFSET);
}

/** The middle, in relative terms, of a bucket that reaches from gamma^(k-1) to gamma^k. */
function middleOf(key: number): number {
  if (key === 0) return 0;
  return (Math.sign(key) * 2 * GAMMA ** (Math.abs(key) - KEY_OFFSET)) / (1 + GAMMA);
}
