import type { Random } from '@tidegate/embedded-aws/kernel';
import type { EpochMs } from '../../../shared/platform/units.ts';
import type { ClientGroup } from '../scenario.ts';
import { WeightedChoice, zipfShares } from './skew.ts';

/** Steps by the golden ratio fall evenly into [0, 1): the next always lands in the widest gap. */
const GOLDEN_STEP = (Math.sqrt(5) - 1) / 2;

/** Numbers in [0, 1) that spread as evenly as numbers can, from a random start. */
function evenly(random: Random): Random {
  let position = random();
  return () => {
    position = (position + GOLDEN_STEP) % 1;
    return position;
  };
}

/** Called for each arrival, in the order of time: who (group, key within it) and what (index of the method). */
export type OnArrival = (atMs: EpochMs, groupIndex: number, keyIndex: number, methodIndex: number) => void;

/**
 * Seeded Poisson arrivals of all groups. Every key is a Poisson stream of its own; their sum is one stream whose
 * arrivals are then dealt to group, key and method, which is the same and much cheaper. What it draws depends on
 * nothing but demand: two runs of one seed see the same fresh requests whatever the gateway does.
 *
 * A world in small has fewer requests, so their sum would be less even than the whole one's, and the backend would feel
 * it. With `evenness` n (a scale of 1/n) gaps are n times as regular, and groups and methods take turns; keys stay random.
 */
export class Arrivals {
  private readonly groups: readonly ClientGroup[];
  private readonly keys: readonly WeightedChoice[];
  private readonly methods: readonly WeightedChoice[];
  private readonly rates: Float64Array;
  private readonly random: Random;
  private readonly evenness: number;
  private readonly groupRandom: Random;
  private readonly methodRandom: readonly Random[];
  /** How far the next arrival is beyond the slices drawn so far, in mean gaps. */
  private untilNext: number;

  constructor(groups: readonly ClientGroup[], random: Random, evenness = 1) {
    this.groups = groups;
    this.evenness = evenness;
    this.groupRandom = evenness > 1 ? evenly(random) : random;
    this.methodRandom = groups.map(() => (evenness > 1 ? evenly(random) : random));
    this.keys = groups.map((group) => new WeightedChoice(zipfShares(group.keyCount, group.skew)));
    this.methods = groups.map((group) => new WeightedChoice(group.mix));
    this.rates = new Float64Array(groups.length);
    this.random = random;
    this.untilNext = this.gap();
  }

  /** Draws the slice [fromMs, toMs), in which demand is taken as constant: as it is at its middle, `seconds`. */
  draw(fromMs: EpochMs, toMs: EpochMs, seconds: number, onArrival: OnArrival): void {
    const total = this.updateRates(seconds);
    if (total <= 0) return;
    const meanGapMs = 1000 / total;
    let atMs = fromMs + this.untilNext * meanGapMs;
    for (; atMs < toMs; atMs += this.gap() * meanGapMs) {
      const groupIndex = this.pickGroup(total);
      const keyIndex = this.keys[groupIndex]?.pick(this.random) ?? 0;
      const methodIndex = this.methods[groupIndex]?.pick(this.methodRandom[groupIndex] ?? this.random) ?? 0;
      onArrival(Math.floor(atMs), groupIndex, keyIndex, methodIndex);
    }
    this.untilNext = (atMs - toMs) / meanGapMs;
  }

  private updateRates(seconds: number): number {
    let total = 0;
    for (let index = 0; index < this.groups.length; index++) {
      const rate = Math.max(0, this.groups[index]?.demand(seconds) ?? 0);
      this.rates[index] = rate;
      total += rate;
    }
    return total;
  }

  /** An Erlang deviate of mean 1: the mean of `evenness` exponential ones. */
  private gap(): number {
    let product = 1;
    for (let draw = 0; draw < this.evenness; draw++) product *= 1 - this.random();
    return -Math.log(product) / this.evenness;
  }

  private pickGroup(total: number): number {
    let rest = this.groupRandom() * total;
    const last = this.rates.length - 1;
    for (let index = 0; index < last; index++) {
      rest -= this.rates[index] ?? 0;
      if (rest < 0) return index;
    }
    return last;
  }
}
