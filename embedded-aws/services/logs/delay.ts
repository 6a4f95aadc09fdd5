import { normal, type Random } from '../../kernel/random.ts';

const KNOT_MS = 60_000;
/** Correlation of the logarithm of the delay across one knot interval: 1/e, so it forgets in about a minute. */
const KNOT_CORRELATION = Math.exp(-1);
/** The 95th percentile of a standard normal variable. */
const Z95 = 1.6448536269514722;

export interface DelayDistribution {
  readonly median: number;
  readonly p95: number;
}

/**
 * The age, in milliseconds, at which a subscriber gets a log event: log-normal at any instant, and slowly varying.
 * Standard normal knots a minute apart follow an AR(1) process; in between they are mixed linearly and rescaled to
 * unit variance, so that the marginal distribution is exact everywhere. The slope is gentle enough that a later event
 * hardly ever falls due before an earlier one, and keeping their order does not inflate the delay.
 */
export class LogDelay {
  private readonly random: Random;
  private readonly medianMs: number;
  private readonly sigma: number;
  private knot: number | undefined;
  private left = 0;
  private right = 0;

  constructor(random: Random, distribution: DelayDistribution) {
    this.random = random;
    this.medianMs = distribution.median;
    this.sigma = Math.log(distribution.p95 / distribution.median) / Z95;
  }

  /** The delay at `nowMs`, in milliseconds; calls must not go back in time. */
  at(nowMs: number): number {
    const knot = Math.floor(nowMs / KNOT_MS);
    this.advance(knot);
    const weight = nowMs / KNOT_MS - knot;
    const spread = Math.sqrt((1 - weight) ** 2 + weight ** 2 + 2 * weight * (1 - weight) * KNOT_CORRELATION);
    return this.medianMs * Math.exp((this.sigma * ((1 - weight) * this.left + weight * this.right)) / spread);
  }

  private advance(knot: number): void {
    if (knot === this.knot) return;
    const knotsAhead = this.knot === undefined ? Number.POSITIVE_INFINITY : knot - this.knot;
    this.left = knotsAhead === 1 ? this.right : this.step(this.right, KNOT_CORRELATION ** (knotsAhead - 1));
    this.right = this.step(this.left, KNOT_CORRELATION);
    this.knot = knot;
  }

  private step(from: number, correlation: number): number {
    return correlation * from + Math.sqrt(1 - correlation ** 2) * normal(this.random);
  }
}
