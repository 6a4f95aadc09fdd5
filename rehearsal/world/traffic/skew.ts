import type { Random } from '@tidegate/embedded-aws/kernel';

/** Shares of `count` keys whose demand falls as 1 / rank^`exponent` (0: all equal); they add up to 1. */
export function zipfShares(count: number, exponent: number): number[] {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Draws an index with probability proportional to its weight, in constant time (Walker's alias method, after Vose). */
export class WeightedChoice {
  private readonly keep: Float64Array;
  private readonly alias: Int32Array;

  /** @throws RangeError without a positive weight. */
  constructor(weights: readonly number[]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0)) throw new RangeError('A choice needs at least one positive weight.');
    this.keep = Float64Array.from(weights, (weight) => (weight * weights.length) / total);
    this.alias = Int32Array.from(weights, (_, index) => index);
    this.pair();
  }

  pick(random: Random): number {
    const position = random() * this.keep.length;
    const index = Math.floor(position);
    return position - index < (this.keep[index] ?? 0) ? index : (this.alias[index] ?? 0);
  }

  /** Fills every column that is short of 1 from one that has more. */
  private pair(): void {
    const short: number[] = [];
    const rich: number[] = [];
    for (const [index, share] of this.keep.entries()) (share < 1 ? short : rich).push(index);
    while (short.length > 0 && rich.length > 0) {
      const poor = short.pop() ?? 0;
      const donor = rich.at(-1) ?? 0;
      this.alias[poor] = donor;
      this.keep[donor] = (this.keep[donor] ?? 0) - (1 - (this.keep[poor] ?? 0));
      if ((this.keep[donor] ?? 0) < 1) short.push(rich.pop() ?? 0);
    }
    // What rounding left over is a full column.
    for (const index of [...short, ...rich]) this.keep[index] = 1;
  }
}
