import type { EpochMs } from '../../../shared/platform/units.ts';
import type { Random } from '../../kernel/random.ts';
import type { ClientGroup } from '../scenario.ts';
import { WeightedChoice, zipfShares } from './skew.ts';

/** Called for each arrival, in the order of time: who (group, key within it) and what (index of the method). */
export type OnArrival = (atMs: EpochMs, groupIndex: number, keyIndex: number, methodIndex: number) => void;

/**
 * Seeded Poisson arrivals of all groups. Every key is a Poisson stream of its own; their sum is one stream whose
 * arrivals are then dealt to group, key and method, which is the same and much cheaper. What it draws depends on
 * nothing but demand: two runs of one seed see the same fresh requests whatever the gateway does.
 */
export class Arrivals {
  private readonly groups: readonly ClientGroup[];
  private readonly keys: readonly WeightedChoice[];
  private readonly methods: readonly WeightedChoice[];
  private readonly rates: Float64Array;
  private readonly random: Random;

  constructor(groups: readonly ClientGroup[], random: Random) {
    this.groups = groups;
    this.keys = groups.map((group) => new WeightedChoice(zipfShares(group.keyCount, group.skew)));
    this.methods = groups.map((group) => new WeightedChoice(group.mix));
    this.rates = new Float64Array(groups.length);
    this.random = random;
  }

  /** Draws the slice [fromMs, toMs), in which demand is taken as constant: as it is at its middle, `seconds`. */
  draw(fromMs: EpochMs, toMs: EpochMs, seconds: number, onArrival: OnArrival): void {
    const total = this.updateRates(seconds);
    if (total <= 0) return;
    const meanGapMs = 1000 / total;
    for (let atMs = fromMs + this.gap(meanGapMs); atMs < toMs; atMs += this.gap(meanGapMs)) {
      const groupIndex = this.pickGroup(total);
      const keyIndex = this.keys[groupIndex]?.pick(this.random) ?? 0;
      const methodIndex = this.methods[groupIndex]?.pick(this.random) ?? 0;
      onArrival(Math.floor(atMs), groupIndex, keyIndex, methodIndex);
    }
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

  private gap(meanMs: number): number {
    return -Math.log(1 - this.random()) * meanMs;
  }

  private pickGroup(total: number): number {
    let rest = this.random() * total;
    const last = this.rates.length - 1;
    for (let index = 0; index < last; index++) {
      rest -= this.rates[index] ?? 0;
      if (rest < 0) return index;
    }
    return last;
  }
}
