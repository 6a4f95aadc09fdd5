import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { Random } from '@tidegate/embedded-aws/kernel';
import type { Limit } from '../../shared/limits/limit.ts';
import type { EpochMs, KeyId, Rps, TierName } from '../../shared/platform/units.ts';
import { type Attempt, finishedRequest, isFirst, retryOf, type Source } from './attempt.ts';
import { ContractBucket } from './contract-bucket.ts';
import type { TierTerms } from './omniscient.ts';
import { type ClientGroup, capacityOf, keyNames, type Scenario } from './scenario.ts';
import { ScoreKeeper, type Scores } from './scores.ts';
import { usualLimit, usualRates } from './scoring/usual-demand.ts';
import { Backend, INTEGRATION_TIMEOUT_MS } from './simulated-backend.ts';
import { TimeWheel } from './time-wheel.ts';
import { Arrivals } from './traffic/arrivals.ts';
import { LONGEST_RETRY_DELAY_MS, retryDelayMs } from './world-clients.ts';
import type { Door } from './world-door.ts';
import { SecondCounter, type SecondSnapshot } from './world-snapshot.ts';

export interface WorldOptions {
  readonly scenario: Scenario;
  /** When its second 0 begins; a whole number. */
  readonly startMs: EpochMs;
  readonly gateway: Door;
  /** The id of a scenario's key by its name. */
  readonly keyId: (keyName: string) => KeyId;
  /** A stream of random numbers for each name, always the same for one seed. */
  readonly random: (name: string) => Random;
  /** The policy of each tier; every group's tier must be among them. */
  readonly tiers: readonly TierTerms[];
  /** Each tier's baseline limit: the contract that the scores measure demand by. */
  readonly contracts: Readonly<Record<TierName, Limit>>;
  readonly onSecond?: (snapshot: SecondSnapshot) => void;
}

/** Demand is taken as constant, and finished requests are handed over, this often. */
export const SLICE_MS = 100;
/** The gateway's own answer to a refused request takes this long. */
const REFUSAL_LATENCY_MS = 3;
const CACHED_LATENCY_MS = 5;
const STATUS_OF_REFUSAL = { THROTTLED: 429, QUOTA_EXCEEDED: 429, INVALID_API_KEY: 403 } as const;

/**
 * The simulated reality of one scenario: clients that ask, retry and give up, a gateway reached through its port, and a
 * backend. The world moves only by `advance`, synchronously and millisecond by millisecond, and does not know who sets limits.
 */
export class World {
  private readonly options: WorldOptions;
  private nowMs: EpochMs;
  private readonly arrivals: Arrivals;
  private readonly sources: readonly (readonly Source[])[];
  private readonly backend: Backend<Attempt>;
  private readonly keeper: ScoreKeeper;
  private readonly counter: SecondCounter;
  private readonly answers = new TimeWheel<Attempt>(2 * INTEGRATION_TIMEOUT_MS);
  private readonly retries = new TimeWheel<Attempt>(LONGEST_RETRY_DELAY_MS + 2);
  private readonly clientRandom: Random;
  private readonly cacheRandom: Random;
  private fresh: Attempt[] = [];
  private freshIndex = 0;
  private finished: FinishedRequest[] = [];
  private requests = 0;
  private secondEndMs: EpochMs;

  /** @throws RangeError when a group names an unknown tier, or a mix has no weight. */
  constructor(options: WorldOptions) {
    const { scenario, random, startMs, tiers } = options;
    this.options = options;
    this.nowMs = startMs;
    this.secondEndMs = startMs + 1000;
    this.arrivals = new Arrivals(scenario.groups, random('world/arrivals'), scenario.evenness);
    let keyCount = 0;
    const usual = usualRates(scenario.groups);
    this.sources = scenario.groups.map((group, index) => {
      return this.sourcesOf(group, usual[index] ?? [], () => keyCount++);
    });
    this.clientRandom = random('world/clients');
    this.cacheRandom = random('world/cache');
    this.backend = new Backend(scenario.backend, random('world/backend'), (attempt, endMs, status) => {
      this.answerAt(attempt, endMs, status);
    });
    const { onsetSeconds, surgeEndSeconds, objective, premiumTier, preludeSeconds = 0 } = scenario;
    const keyTiers = this.sources.flat().map(({ tierIndex }) => tierIndex);
    this.keeper = new ScoreKeeper({
      tiers,
      keyTiers,
      ...(premiumTier !== undefined && { premiumTier }),
      preludeSeconds,
      onsetSeconds,
      surgeEndSeconds,
      latencyBoundMs: objective.latencyMs,
    });
    const methods = scenario.methods.map(({ verb, path }) => `${path}/${verb}`);
    this.counter = new SecondCounter(
      tiers.map((tier) => tier.name),
      methods,
    );
  }

  get endMs(): EpochMs {
    return this.options.startMs + this.options.scenario.durationSeconds * 1000;
  }

  /** Requests that reached the gateway so far, retries included. */
  get requestCount(): number {
    return this.requests;
  }

  /** Lives through everything up to `untilMs`, at most to the scenario's end. */
  advance(untilMs: EpochMs): void {
    const lastMs = Math.min(untilMs, this.endMs);
    while (this.nowMs < lastMs) {
      const sliceEndMs = Math.min(lastMs, this.nowMs - (this.nowMs % SLICE_MS) + SLICE_MS);
      this.runSlice(sliceEndMs);
    }
  }

  scores(): Scores {
    return this.keeper.result();
  }

  private runSlice(endMs: EpochMs): void {
    this.fresh = [];
    this.freshIndex = 0;
    this.arrivals.draw(this.nowMs, endMs, this.secondsAt((this.nowMs + endMs) / 2), (atMs, group, key, method) => {
      const source = this.sources[group]?.[key];
      if (source) this.fresh.push(this.firstAttempt(source, method, atMs));
    });
    for (; this.nowMs < endMs; this.nowMs++) this.runMillisecond(this.nowMs);
    if (this.finished.length > 0) this.options.gateway.finish(this.finished);
    this.finished = [];
  }

  private runMillisecond(nowMs: EpochMs): void {
    const seconds = this.secondsAt(nowMs);
    const ended = this.answers.take(nowMs);
    if (ended) for (const attempt of ended) this.settle(attempt, nowMs);
    for (let next = this.fresh[this.freshIndex]; next?.startMs === nowMs; next = this.fresh[++this.freshIndex]) {
      this.arrive(next, seconds);
    }
    const again = this.retries.take(nowMs);
    if (again) for (const attempt of again) this.arrive(attempt, seconds);
    this.backend.advance(nowMs, seconds);
    if (nowMs + 1 < this.secondEndMs) return;
    this.secondEndMs += 1000;
    this.closeSecond(Math.floor(seconds));
  }

  private firstAttempt(source: Source, methodIndex: number, startMs: EpochMs): Attempt {
    const { tierIndex, keyIndex, isHonest } = source;
    const isWithinContract = source.contract.takes(startMs);
    const { methods, backend } = this.options.scenario;
    const method = methods[methodIndex];
    const isCached = backend.cachedShare !== undefined && this.cacheRandom() < backend.cachedShare;
    return {
      source,
      methodIndex,
      number: 1,
      tierIndex,
      keyIndex,
      isHonest,
      isWithinContract,
      isUsual: isWithinContract && source.usual.takes(startMs),
      // What the cache answers costs the backend nothing.
      cost: isCached ? 0 : (method?.cost ?? 1),
      arrivalSeconds: this.secondsAt(startMs),
      slowness: (source.group.slowness ?? 1) * (method?.slowness ?? 1),
      isCached,
      startMs,
      doneAtWork: 0,
      isAnswered: false,
      status: 0,
      endMs: 0,
      refusal: undefined,
    };
  }

  private arrive(attempt: Attempt, seconds: number): void {
    const request = attempt.source.requests[attempt.methodIndex];
    if (!request) return;
    this.requests++;
    this.counter.asked(attempt.methodIndex, isFirst(attempt));
    if (isFirst(attempt)) this.keeper.arrived(attempt);
    const admission = this.options.gateway.admit(request, attempt.startMs, attempt);
    if (admission === 'admitted') {
      if (isFirst(attempt) && !attempt.isWithinContract) attempt.source.contract.exceeded();
      this.counter.offered(attempt.tierIndex, 'admitted');
      if (attempt.isCached) this.answerAt(attempt, attempt.startMs + CACHED_LATENCY_MS, 200);
      else this.backend.submit(attempt, seconds);
      return;
    }
    const status = STATUS_OF_REFUSAL[admission];
    attempt.refusal = admission;
    this.counter.offered(attempt.tierIndex, status === 429 ? 'throttled' : 'refused');
    if (status === 429 && isFirst(attempt) && attempt.isWithinContract && !attempt.source.contract.makesUp()) {
      this.keeper.refusedWithinContract(attempt.cost);
      this.counter.refusedWithinContract();
    }
    this.answerAt(attempt, attempt.startMs + REFUSAL_LATENCY_MS, status);
  }

  private answerAt(attempt: Attempt, endMs: EpochMs, status: number): void {
    attempt.endMs = endMs;
    attempt.status = status;
    this.answers.add(endMs, attempt);
  }

  private settle(attempt: Attempt, nowMs: EpochMs): void {
    this.finished.push(finishedRequest(attempt));
    if (!attempt.refusal) {
      const latencyMs = attempt.endMs - attempt.startMs;
      const isServed = attempt.status < 400 && latencyMs <= this.options.scenario.objective.latencyMs;
      this.counter.answered(attempt.tierIndex, latencyMs, isServed);
      this.keeper.completed(isFirst(attempt) ? attempt : undefined, attempt.status, latencyMs);
    }
    if (attempt.status >= 429 && attempt.refusal !== 'QUOTA_EXCEEDED') this.considerRetry(attempt, nowMs);
  }

  private considerRetry(attempt: Attempt, nowMs: EpochMs): void {
    const { behaviour } = attempt.source.group;
    const delayMs = retryDelayMs(behaviour, attempt.number, attempt.status, this.clientRandom);
    if (delayMs === undefined) return;
    this.retries.add(nowMs + delayMs, retryOf(attempt, nowMs + delayMs));
  }

  private closeSecond(second: number): void {
    // The middle of the second stands for its capacity; a step inside a second is shared with its neighbour at most.
    const capacityCups = capacityOf(this.options.scenario.backend, second + 0.5);
    const isViolation = this.keeper.closeSecond(capacityCups, this.backend.takeIdleWork());
    const counts = this.counter.take();
    const backlogSeconds = capacityCups > 0 ? this.backend.backlogWork / capacityCups : 0;
    const endMs = this.options.startMs + (second + 1) * 1000;
    this.options.onSecond?.({ second, endMs, ...counts, backlogSeconds, capacityCups, isViolation });
  }

  private secondsAt(atMs: EpochMs): number {
    return (atMs - this.options.startMs) / 1000;
  }

  private sourcesOf(group: ClientGroup, usualRps: readonly Rps[], nextKeyIndex: () => number): Source[] {
    const { tiers, contracts, startMs } = this.options;
    const tierIndex = tiers.findIndex((tier) => tier.name === group.tier);
    const limit = contracts[group.tier];
    if (tierIndex < 0 || !limit) throw new RangeError(`Group ${group.name} names the unknown tier ${group.tier}.`);
    const isHonest = group.honest;
    return keyNames(group).map((keyName, index) => {
      const keyId = this.options.keyId(keyName);
      const requests = this.options.scenario.methods.map(({ verb, path }) => ({ keyId, verb, path }));
      const contract = new ContractBucket(limit, startMs);
      const usual = new ContractBucket(usualLimit(usualRps[index] ?? 0), startMs);
      return { keyId, keyIndex: nextKeyIndex(), group, tierIndex, isHonest, contract, usual, requests };
    });
  }
}
