import type { TierName } from '../../shared/platform/units.ts';
import type { TierTerms } from './omniscient.ts';
import { PREMIUM } from './scenario.ts';
import type { FirstAttempt } from './scoring/first-attempt.ts';
import type { HonestByTier } from './scoring/harm.ts';
import { BlockKeeper, ratio, type ShareScores } from './stress.ts';

/** The figures of docs/scores.md that depend on traffic alone. */
export interface Scores extends ShareScores {
  /** Honest first attempts answered in time over their number, from a minute after onset to the end of the surge. */
  readonly honestServedByTier: Readonly<Record<TierName, number>>;
  /** The same of the tier that plays premium. */
  readonly honestPremiumServed: number;
  /** Honest first attempts of the whole story, the prelude left out. */
  readonly honestByTier: HonestByTier;
  readonly falseThrottleRatio: number;
  readonly violationSeconds: number;
  readonly longestViolationSeconds: number;
  readonly secondsToMitigate: number | null;
}

export interface ScoreOptions {
  /** In the order of the tier indices used below. */
  readonly tiers: readonly TierTerms[];
  /** The index of each key's tier, in the order of the key indices used below. */
  readonly keyTiers: readonly number[];
  /** The tier that is held against its guarantee; `premium` when absent. */
  readonly premiumTier?: TierName;
  /** Seconds since the scenario's start. */
  readonly preludeSeconds?: number;
  readonly onsetSeconds: number;
  readonly surgeEndSeconds: number;
  readonly latencyBoundMs: number;
}

/** Honest demand counts in `honestServedByTier` from this time after onset, which allows for detection and two writes. */
const SETTLING_SECONDS = 60;
const VIOLATION_SHARE = 0.1;
const CLEAN_SECONDS = 10;
/** Number of clean seconds between violations that still belong to the same episode. */
const EPISODE_GAP_SECONDS = 2;

/** Keeps the scores of one run. */
export class ScoreKeeper {
  private readonly options: ScoreOptions;
  private readonly blocks: BlockKeeper;
  private second = 0;
  private demandTotal = 0;
  private falseThrottled = 0;
  private refusedCost = 0;
  private readonly surge: { asked: number; served: number }[];
  private readonly story: { asked: number; served: number }[];
  private completions = 0;
  private badCompletions = 0;
  private violations = 0;
  private episode = { from: 0, last: Number.NEGATIVE_INFINITY };
  private longestEpisode = 0;
  private violatedSinceOnset = false;
  private cleanRun = 0;
  private mitigatedAt: number | undefined;

  constructor(options: ScoreOptions) {
    this.options = options;
    this.blocks = new BlockKeeper(options.tiers, options.keyTiers, options.premiumTier);
    this.surge = options.tiers.map(() => ({ asked: 0, served: 0 }));
    this.story = options.tiers.map(() => ({ asked: 0, served: 0 }));
  }

  /** A first attempt arrived in the present second. */
  arrived(attempt: FirstAttempt): void {
    if (attempt.isWithinContract) {
      this.demandTotal += attempt.cost;
      this.blocks.demanded(attempt);
    }
    this.countHonest(attempt, 'asked');
  }

  /** The gateway answered a first attempt with 429 that its contract covers. */
  refusedWithinContract(cost: number): void {
    this.refusedCost += cost;
  }

  /** An admitted request, first attempt or (undefined) retry, was answered in the present second. */
  completed(attempt: FirstAttempt | undefined, status: number, latencyMs: number): void {
    this.completions++;
    const isLate = latencyMs > this.options.latencyBoundMs;
    if (isLate || status >= 500) this.badCompletions++;
    if (!attempt || isLate || status >= 400) return;
    this.blocks.served(attempt);
    this.countHonest(attempt, 'served');
  }

  /**
   * Ends the present second.
   * @param capacityWork cost units that the backend could have done in it, never congested
   * @param idleWork cost units that it could have done but had no work for
   * @returns whether the second was in violation
   */
  closeSecond(capacityWork: number, idleWork: number): boolean {
    this.blocks.closeSecond(this.second, capacityWork);
    this.falseThrottled += Math.min(this.refusedCost, idleWork);
    this.refusedCost = 0;
    const isViolation = this.badCompletions > VIOLATION_SHARE * this.completions;
    this.completions = 0;
    this.badCompletions = 0;
    this.judgeSecond(isViolation);
    this.second++;
    return isViolation;
  }

  result(): Scores {
    const { tiers, onsetSeconds, premiumTier = PREMIUM } = this.options;
    const honestServedByTier = Object.fromEntries(
      tiers.map(({ name }, tier) => [name, ratio(this.surge[tier]?.served ?? 0, this.surge[tier]?.asked ?? 0, 1)]),
    );
    const mitigated = this.mitigatedAt === undefined ? null : this.mitigatedAt - onsetSeconds;
    return {
      ...this.blocks.result(),
      honestServedByTier,
      honestPremiumServed: honestServedByTier[premiumTier] ?? 1,
      honestByTier: Object.fromEntries(
        tiers.map(({ name }, tier) => [name, { asked: 0, served: 0, ...this.story[tier] }]),
      ),
      falseThrottleRatio: ratio(this.falseThrottled, this.demandTotal, 0),
      violationSeconds: this.violations,
      longestViolationSeconds: this.longestEpisode,
      secondsToMitigate: this.violatedSinceOnset ? mitigated : 0,
    };
  }

  private countHonest({ isHonest, tierIndex, arrivalSeconds }: FirstAttempt, what: 'asked' | 'served'): void {
    if (!isHonest) return;
    const { preludeSeconds = 0, onsetSeconds, surgeEndSeconds } = this.options;
    const [surge, story] = [this.surge[tierIndex], this.story[tierIndex]];
    if (story && arrivalSeconds >= preludeSeconds) story[what]++;
    if (surge && arrivalSeconds >= onsetSeconds + SETTLING_SECONDS && arrivalSeconds < surgeEndSeconds) surge[what]++;
  }

  private judgeSecond(isViolation: boolean): void {
    const { onsetSeconds, surgeEndSeconds } = this.options;
    if (isViolation) {
      this.violations++;
      this.lengthenEpisode();
      this.cleanRun = 0;
      if (this.second >= onsetSeconds) this.violatedSinceOnset = true;
      return;
    }
    if (!this.violatedSinceOnset || this.mitigatedAt !== undefined) return;
    this.cleanRun++;
    const beganAt = this.second - CLEAN_SECONDS + 1;
    if (this.cleanRun === CLEAN_SECONDS && beganAt < surgeEndSeconds) this.mitigatedAt = beganAt;
  }

  private lengthenEpisode(): void {
    const { second, episode } = this;
    const from = second - episode.last > EPISODE_GAP_SECONDS + 1 ? second : episode.from;
    this.episode = { from, last: second };
    this.longestEpisode = Math.max(this.longestEpisode, second - from + 1);
  }
}
