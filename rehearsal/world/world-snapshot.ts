import type { MethodKey } from '../../shared/limits/method-key.ts';
import type { CostUnitsPerSecond, EpochMs, TierName } from '../../shared/platform/units.ts';

/** One tier's second, numbers of requests, retries included. */
export interface TierSecond {
  readonly offered: number;
  readonly admitted: number;
  /** Answered 429. */
  readonly throttled: number;
  /** Answered within the objective in this second. */
  readonly served: number;
}

/** What was counted of one second. */
export interface SecondCounts {
  readonly tiers: Readonly<Record<TierName, TierSecond>>;
  /** Of the admitted requests answered in this second; undefined when there were none. */
  readonly latencyP90Ms: number | undefined;
  /** First attempts that reached the gateway. */
  readonly askedByMethod: Readonly<Record<MethodKey, number>>;
  readonly firstAttempts: number;
  /** First attempts answered 429 although their contracts admit them. */
  readonly refusedWithinContract: number;
}

/** One second of the world, seen from outside. */
export interface SecondSnapshot extends SecondCounts {
  /** Seconds since the scenario's start; the snapshot describes [second, second + 1). */
  readonly second: number;
  readonly endMs: EpochMs;
  /** Time in seconds that the backend needs for the waiting work. */
  readonly backlogSeconds: number;
  readonly capacityCups: CostUnitsPerSecond;
  /** More than a tenth of the second's answers were late or failed. */
  readonly isViolation: boolean;
}

interface Counts {
  offered: number;
  admitted: number;
  throttled: number;
  served: number;
}

/** Latencies up to the gateway's timeout, 10 ms apart: enough for a figure on a screen. */
const BIN_MS = 10;
const BINS = 3000;

/** Counts one second after the other. */
export class SecondCounter {
  private readonly tierNames: readonly TierName[];
  private readonly counts: Counts[];
  private readonly latencies = new Uint32Array(BINS);
  private answers = 0;
  private readonly methods: readonly MethodKey[];
  private readonly askedFor: Float64Array;
  private firstAttempts = 0;
  private refusals = 0;

  constructor(tierNames: readonly TierName[], methods: readonly MethodKey[]) {
    this.tierNames = tierNames;
    this.methods = methods;
    this.askedFor = new Float64Array(methods.length);
    this.counts = tierNames.map(() => ({ offered: 0, admitted: 0, throttled: 0, served: 0 }));
  }

  asked(methodIndex: number, isFirst: boolean): void {
    if (!isFirst) return;
    this.askedFor[methodIndex] = (this.askedFor[methodIndex] ?? 0) + 1;
    this.firstAttempts++;
  }

  refusedWithinContract(): void {
    this.refusals++;
  }

  offered(tierIndex: number, outcome: 'admitted' | 'throttled' | 'refused'): void {
    const counts = this.counts[tierIndex];
    if (!counts) return;
    counts.offered++;
    if (outcome === 'admitted') counts.admitted++;
    else if (outcome === 'throttled') counts.throttled++;
  }

  answered(tierIndex: number, latencyMs: number, isServed: boolean): void {
    const bin = Math.min(BINS - 1, Math.floor(latencyMs / BIN_MS));
    this.latencies[bin] = (this.latencies[bin] ?? 0) + 1;
    this.answers++;
    const counts = this.counts[tierIndex];
    if (counts && isServed) counts.served++;
  }

  /** Hands out the second's counts and starts the next. */
  take(): SecondCounts {
    const tiers: Record<TierName, TierSecond> = {};
    for (const [index, name] of this.tierNames.entries()) {
      const counts = this.counts[index];
      if (counts) tiers[name] = { ...counts };
      this.counts[index] = { offered: 0, admitted: 0, throttled: 0, served: 0 };
    }
    const latencyP90Ms = this.percentile90();
    if (this.answers > 0) this.latencies.fill(0);
    this.answers = 0;
    const askedByMethod = Object.fromEntries(this.methods.map((method, index) => [method, this.askedFor[index] ?? 0]));
    const counts = { tiers, latencyP90Ms, askedByMethod, firstAttempts: this.firstAttempts };
    const refusedWithinContract = this.refusals;
    this.askedFor.fill(0);
    this.firstAttempts = 0;
    this.refusals = 0;
    return { ...counts, refusedWithinContract };
  }

  private percentile90(): number | undefined {
    if (this.answers === 0) return undefined;
    const wanted = Math.ceil(this.answers * 0.9);
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += this.latencies[bin] ?? 0;
      if (seen >= wanted) return (bin + 1) * BIN_MS;
    }
    return BINS * BIN_MS;
  }
}
