import type { Limit } from '../../../shared/limits/limit.ts';
import { type Limits, limitOf } from '../../../shared/limits/limits.ts';
import type { MethodKey } from '../../../shared/limits/method-key.ts';
import type { Rps, TierName } from '../../../shared/platform/units.ts';
import type { SecondSnapshot } from '../world-snapshot.ts';

/** Where limits rest: what was deployed. */
export interface RestingLimits {
  readonly stage: Limit;
  readonly tiers: Readonly<Record<TierName, Limit>>;
}

/** A stage limit that stands below its baseline is a guard, and at rest, from this multiple of what is asked. */
const GUARD_ROOM = 1.3;
/** At rest less than this share of the first attempts that their contracts admit is refused. */
const REFUSED_SHARE = 0.001;

interface Spell {
  readonly from: number;
  readonly limits: Limits;
}

/** Finds out how long after the end of the last trouble all limits are back at rest for good: docs/scores.md. */
export class RestKeeper {
  private readonly resting: RestingLimits;
  private readonly troubleEndSeconds: number | undefined;
  /** The limits in force from the end of the trouble on, a new spell for every change. */
  private readonly spells: Spell[] = [];
  private readonly asked = new Map<MethodKey, number>();
  private readonly firstAttempts: number[] = [];
  private readonly refused: number[] = [];

  /** @param troubleEndSeconds undefined for a story whose trouble does not end */
  constructor(resting: RestingLimits, troubleEndSeconds: number | undefined) {
    this.resting = resting;
    this.troubleEndSeconds = troubleEndSeconds;
  }

  /** Told of every second, with the limits in force when it ended. */
  see(snapshot: SecondSnapshot, limits: Limits): void {
    const { second, askedByMethod, firstAttempts, refusedWithinContract } = snapshot;
    if (this.troubleEndSeconds === undefined || second < this.troubleEndSeconds) return;
    const last = this.spells.at(-1)?.limits;
    if (!last || !isSame(last, limits)) this.spells.push({ from: this.firstAttempts.length, limits });
    for (const [method, count] of Object.entries(askedByMethod)) {
      this.asked.set(method, (this.asked.get(method) ?? 0) + count);
    }
    this.firstAttempts.push(firstAttempts);
    this.refused.push(refusedWithinContract);
  }

  /** Seconds from the trouble's end; null: never back at rest; undefined: the trouble does not end. */
  secondsToRest(): number | null | undefined {
    const length = this.firstAttempts.length;
    if (this.troubleEndSeconds === undefined) return undefined;
    const lastUnrest = this.spells.findLastIndex(({ limits }) => !this.isAtRest(limits));
    const from = lastUnrest < 0 ? 0 : (this.spells[lastUnrest + 1]?.from ?? length);
    let [asked, refused, earliest] = [0, 0, length];
    for (let second = length - 1; second >= from; second--) {
      asked += this.firstAttempts[second] ?? 0;
      refused += this.refused[second] ?? 0;
      if (refused <= REFUSED_SHARE * asked) earliest = second;
    }
    return earliest < length ? earliest : null;
  }

  private isAtRest({ stage, tiers }: Limits): boolean {
    const { resting } = this;
    const plansRest = Object.entries(resting.tiers).every(([tier, limit]) => isAtLeast(tiers[tier], limit));
    return (
      plansRest &&
      [...this.asked].every(([method, count]) => {
        const limit = limitOf(stage, method);
        return isAtLeast(limit, resting.stage) || (limit?.rateRps ?? 0) >= GUARD_ROOM * this.rateOf(count);
      })
    );
  }

  /** Of a method that was asked for so often since the trouble's end. */
  private rateOf(count: number): Rps {
    return count / Math.max(1, this.firstAttempts.length);
  }
}

const isAtLeast = (limit: Limit | undefined, resting: Limit): boolean =>
  limit !== undefined && limit.rateRps >= resting.rateRps && limit.burst >= resting.burst;

function isSame(a: Limits, b: Limits): boolean {
  return JSON.stringify([a.stage, a.tiers]) === JSON.stringify([b.stage, b.tiers]);
}
