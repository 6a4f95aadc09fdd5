import { normal, type Random } from '@tidegate/embedded-aws/kernel';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { BackendSpec } from './scenario.ts';

/** Work that waits in the backend. Only the backend sets the last two fields. */
export interface Job {
  readonly startMs: EpochMs;
  readonly cost: number;
  /** How many times as long it takes as others do, whatever the load. */
  readonly slowness: number;
  /** The job is done when the backend has done this much work in all. */
  doneAtWork: number;
  isAnswered: boolean;
}

/** Reports an answer that will be sent at `endMs`, which is later than the present millisecond. 504: the gateway gave up. */
export type Answer<J> = (job: J, endMs: EpochMs, status: number) => void;

/** API Gateway's integration timeout. */
export const INTEGRATION_TIMEOUT_MS = 29_000;
/** Latency of a refusal (503) or of a failure without work (500). */
const FAST_FAILURE_MS = 20;
const KNEE_FROM = 0.8;
const KNEE_TO = 1;
/** Utilisation is smoothed over about a second, as a pool of workers would. */
const UTILISATION_SMOOTHING_PER_MS = 1 / 1000;
const NOISE_TABLE_SIZE = 4096;

/**
 * A pool of workers, first come, first served: a request takes its own latency while there are workers enough, and when
 * there are not, as long as the pool needs at its capacity, which may change meanwhile, for all that came before. So
 * latency is the larger of the two (Little's law with work in cost units), and short unevenness of arrivals is not felt.
 * The backend knows only the gateway's timeout.
 */
export class Backend<J extends Job> {
  private readonly queue: J[] = [];
  private head = 0;
  /** The first waiting job that the gateway has not yet given up. */
  private patientHead = 0;
  private workAccepted = 0;
  private workDone = 0;
  private idleWork = 0;
  private offeredWork = 0;
  private utilisation = 0;
  private slowness = 1;
  /** Logarithm of the noise that lasts, and when it moves next. */
  private noiseLog = 0;
  private nextNoiseMs: EpochMs = 0;
  private dependencySecond = 0;
  private dependencyWork = 0;
  private readonly noise: Float64Array;
  /** The highest possible rate, as a multiple of the capacity. */
  private readonly room: number;
  private readonly spec: BackendSpec;
  private readonly random: Random;
  private readonly answer: Answer<J>;

  constructor(spec: BackendSpec, random: Random, answer: Answer<J>) {
    this.spec = spec;
    this.room = 1 + (spec.roomShare ?? 0);
    this.random = random;
    this.answer = answer;
    this.noise = Float64Array.from({ length: NOISE_TABLE_SIZE }, () => Math.exp(spec.latencySpread * normal(random)));
  }

  /** Work that waits or is being done, cost units. */
  get backlogWork(): number {
    return this.workAccepted - this.workDone;
  }

  /** Idle cost units since the last call: capacity without work. */
  takeIdleWork(): number {
    const idle = Math.max(0, this.idleWork); // Work beyond the capacity was not idle time.
    this.idleWork = 0;
    return idle;
  }

  /** Takes a job that arrives at `job.startMs`, `seconds` after the scenario's start. */
  submit(job: J, seconds: number): void {
    const failureShare = this.spec.fastFailureShare?.(seconds) ?? 0;
    const failsFast = failureShare > 0 && this.random() < failureShare;
    const isBeyond = this.spec.dependencyCups !== undefined && !this.isBorne(job, this.spec.dependencyCups(seconds));
    const isFull = this.backlogWork > this.spec.queueSeconds * this.spec.capacity(seconds);
    if (failsFast || isBeyond || isFull) {
      job.isAnswered = true;
      this.answer(job, job.startMs + FAST_FAILURE_MS, failsFast || isBeyond ? 500 : 503);
      return;
    }
    this.workAccepted += job.cost;
    this.offeredWork += job.cost;
    job.doneAtWork = this.workAccepted;
    this.queue.push(job);
  }

  /** Works through the millisecond that begins at `nowMs`. */
  advance(nowMs: EpochMs, seconds: number): void {
    const capacity = this.spec.capacity(seconds);
    const wellDone = (capacity * this.congestionFactor(capacity)) / 1000;
    const done = Math.min(wellDone * this.room, this.backlogWork);
    this.workDone += done;
    this.idleWork += wellDone - done;
    const utilisation = capacity > 0 ? (this.offeredWork * 1000) / capacity : 1;
    this.utilisation += (utilisation - this.utilisation) * UTILISATION_SMOOTHING_PER_MS;
    this.offeredWork = 0;
    if (this.spec.lastingNoise && nowMs >= this.nextNoiseMs) this.moveNoise(nowMs, this.spec.lastingNoise);
    this.slowness = (this.spec.slowness?.(seconds) ?? 1) * Math.exp(this.noiseLog);
    this.finishDone(nowMs);
    this.giveUpLate(nowMs);
    this.forgetFinished();
  }

  /** Once a second: a random walk that is drawn back to nothing. */
  private moveNoise(nowMs: EpochMs, { spread, seconds }: NonNullable<BackendSpec['lastingNoise']>): void {
    this.nextNoiseMs = nowMs + 1000;
    const kept = Math.exp(-1 / seconds);
    this.noiseLog = kept * this.noiseLog + spread * Math.sqrt(1 - kept * kept) * normal(this.random);
  }

  /** Whether the service behind it bears this job too: it counts what it was given in the present second. */
  private isBorne(job: J, dependencyCups: number): boolean {
    const second = Math.floor(job.startMs / 1000);
    if (second !== this.dependencySecond) [this.dependencySecond, this.dependencyWork] = [second, 0];
    if (this.dependencyWork + job.cost > dependencyCups) return false;
    this.dependencyWork += job.cost;
    return true;
  }

  private congestionFactor(capacity: number): number {
    if (this.backlogWork === 0) return 1;
    const queuedSeconds = capacity > 0 ? this.backlogWork / capacity : Number.POSITIVE_INFINITY;
    return Math.max(this.spec.collapseFloor, 1 - this.spec.collapsePerQueuedSecond * queuedSeconds);
  }

  private finishDone(nowMs: EpochMs): void {
    // Sums of fractions: the last job of an empty queue must not wait for a rounding error.
    const workDone = this.workDone + 1e-6;
    for (let job = this.queue[this.head]; job && job.doneAtWork <= workDone; job = this.queue[++this.head]) {
      if (job.isAnswered) continue; // The gateway had timed out, so the work was wasted.
      const endMs = Math.max(nowMs + 1, job.startMs + Math.round(job.slowness * this.ownLatencyMs()));
      job.isAnswered = true;
      const timeoutMs = job.startMs + INTEGRATION_TIMEOUT_MS;
      if (endMs > timeoutMs) this.answer(job, Math.max(timeoutMs, nowMs + 1), 504);
      else this.answer(job, endMs, this.failsUnderLoad() ? 500 : 200);
    }
  }

  private failsUnderLoad(): boolean {
    const { loadFailure } = this.spec;
    if (loadFailure === undefined || this.utilisation <= loadFailure.fromUtilisation) return false;
    return this.random() < (this.utilisation - loadFailure.fromUtilisation) * loadFailure.sharePerUtilisation;
  }

  private giveUpLate(nowMs: EpochMs): void {
    this.patientHead = Math.max(this.patientHead, this.head);
    const latestStartMs = nowMs + 1 - INTEGRATION_TIMEOUT_MS;
    for (
      let job = this.queue[this.patientHead];
      job && job.startMs <= latestStartMs;
      job = this.queue[++this.patientHead]
    ) {
      job.isAnswered = true;
      this.answer(job, nowMs + 1, 504);
    }
  }

  private ownLatencyMs(): number {
    const { kneeFrom = KNEE_FROM, kneeTo = KNEE_TO } = this.spec;
    const strain = Math.min(1, Math.max(0, (this.utilisation - kneeFrom) / (kneeTo - kneeFrom)));
    const factor = this.noise[(this.random() * NOISE_TABLE_SIZE) | 0] ?? 1;
    return Math.max(
      1,
      Math.round(this.slowness * this.spec.baseLatencyMs * factor * (1 + this.spec.kneeGrowth * strain * strain)),
    );
  }

  private forgetFinished(): void {
    if (this.head < 8192 || this.head * 2 < this.queue.length) return;
    this.queue.splice(0, this.head);
    this.patientHead -= this.head;
    this.head = 0;
  }
}
