import type { TierName } from '../../shared/platform/units.ts';
import { creditOf, omniscientShares, type TierDemand, type TierTerms, worthOf } from './omniscient.ts';
import { PREMIUM } from './scenario.ts';
import type { FirstAttempt } from './scoring/first-attempt.ts';

/** The scores of docs/scores.md that compare what was served with the omniscient allocator, by blocks of time. */
export interface ShareScores {
  readonly goodputRatio: number;
  readonly goodputRatioByTier: Readonly<Record<TierName, number>>;
  readonly weightedGoodputRatio: number;
  /** How much of what was due to the tier could be granted: below 1 its usual demand, or its floor, was short. */
  readonly dueGrantedByTier: Readonly<Record<TierName, number>>;
  readonly stressSeconds: number;
  readonly stressRatio: number;
  readonly premiumWithinGuarantee: number;
  readonly jain: number;
}

/** Ten seconds of a run, in cost units by key: contract demand, its usual part, and what was served in time. */
interface Block {
  seconds: number;
  capacity: number;
  readonly demand: Float64Array;
  readonly usual: Float64Array;
  readonly goodput: Float64Array;
}

export const BLOCK_SECONDS = 10;
/** Stress begins when contract demand exceeds this share of the capacity … */
const STRESS_SHARE = 0.9;
/** … and lasts for so many blocks after it: two minutes. */
const BLOCKS_AFTER = 12;

/** Answers in time come within the objective's latency: a block that is so many blocks old will not change. */
const SETTLED_BLOCKS = 6;

/** Keeps what the scores by blocks need: the last minute by blocks, and of the blocks before it their sums. */
export class BlockKeeper {
  private readonly tiers: readonly TierTerms[];
  private readonly keyTiers: readonly number[];
  private readonly premium: number;
  /** Those that may still change, oldest first. */
  private readonly open: Block[] = [];
  private settled = 0;
  /** Blocks to come that are in stress for what was before them. */
  private stressLeft = 0;
  private readonly goodput: Float64Array;
  private readonly ideal: Float64Array;
  private readonly due: Float64Array;
  private readonly granted: Float64Array;
  private readonly whole = { worth: 0, most: 0 };
  private readonly stress = { seconds: 0, worth: 0, most: 0, guarantee: 0, premiumWithin: 0 };
  private readonly stressDemand: Float64Array;
  private readonly stressGoodput: Float64Array;

  /**
   * @param keyTiers the index of each key's tier
   * @param premiumTier the tier that is held against its guarantee
   */
  constructor(tiers: readonly TierTerms[], keyTiers: readonly number[], premiumTier: TierName = PREMIUM) {
    this.tiers = tiers;
    this.keyTiers = keyTiers;
    this.premium = tiers.findIndex(({ name }) => name === premiumTier);
    this.goodput = new Float64Array(tiers.length);
    this.ideal = new Float64Array(tiers.length);
    this.due = new Float64Array(tiers.length);
    this.granted = new Float64Array(tiers.length);
    this.stressDemand = new Float64Array(keyTiers.length);
    this.stressGoodput = new Float64Array(keyTiers.length);
  }

  /** A first attempt within its contract arrived. */
  demanded({ arrivalSeconds, keyIndex, cost, isUsual }: FirstAttempt): void {
    const block = this.blockAt(arrivalSeconds);
    add(block.demand, keyIndex, cost);
    if (isUsual) add(block.usual, keyIndex, cost);
  }

  /** A first attempt was answered within the objective; it counts for the block in which it arrived. */
  served({ arrivalSeconds, keyIndex, cost }: FirstAttempt): void {
    add(this.blockAt(arrivalSeconds).goodput, keyIndex, cost);
  }

  /** A second is over: what the backend could have done in it. */
  closeSecond(second: number, capacityWork: number): void {
    const block = this.blockAt(second);
    block.seconds++;
    block.capacity += capacityWork;
  }

  result(): ShareScores {
    while (this.open.length > 0) this.settleOldest();
    const { tiers, goodput, ideal, granted, due, whole, stress, stressDemand, stressGoodput, keyTiers } = this;
    const byTier = (part: Float64Array, of: Float64Array) =>
      Object.fromEntries(tiers.map(({ name }, tier) => [name, ratio(part[tier] ?? 0, of[tier] ?? 0, 1)]));
    return {
      goodputRatio: ratio(total(goodput), total(ideal), 1),
      goodputRatioByTier: byTier(goodput, ideal),
      dueGrantedByTier: byTier(granted, due),
      weightedGoodputRatio: ratio(whole.worth, whole.most, 1),
      stressSeconds: stress.seconds,
      stressRatio: ratio(stress.worth, stress.most, 1),
      premiumWithinGuarantee: ratio(stress.premiumWithin, stress.guarantee, 1),
      jain: ratio(worstJain({ demand: stressDemand, goodput: stressGoodput }, tiers.length, keyTiers), 1, 1),
    };
  }

  /** Adds the oldest block to the sums, and to those under stress if it is in stress. */
  private settleOldest(): void {
    const block = this.open.shift();
    if (!block) return;
    this.settled++;
    const demand = this.byTier(block.demand, block.usual);
    const served = this.byTier(block.goodput, block.usual);
    const shares = omniscientShares(this.tiers, demand, block.capacity);
    for (let tier = 0; tier < shares.length; tier++) {
      add(this.goodput, tier, served[tier]?.total ?? 0);
      const { due = 0, excess = 0, shortage = 0 } = shares[tier] ?? {};
      add(this.ideal, tier, due + excess);
      add(this.granted, tier, due);
      add(this.due, tier, due + shortage);
    }
    const credits = shares.map((share, tier) => creditOf(share, served[tier] ?? { usual: 0, total: 0 }));
    const worth = worthOf(this.tiers, credits);
    const most = worthOf(this.tiers, shares);
    this.whole.worth += worth;
    this.whole.most += most;
    if (total(block.demand) > STRESS_SHARE * block.capacity) this.stressLeft = BLOCKS_AFTER + 1;
    if (this.stressLeft-- <= 0) return;
    this.stress.worth += worth;
    this.stress.most += most;
    this.addStressOf(block, demand, served);
  }

  private addStressOf(block: Block, demand: readonly TierDemand[], served: readonly TierDemand[]): void {
    const { stress, tiers, premium } = this;
    const asked = demand[premium]?.total ?? 0;
    const guarantee = Math.min(asked, (tiers[premium]?.floorShare ?? 0) * block.capacity);
    stress.seconds += block.seconds;
    stress.guarantee += guarantee;
    stress.premiumWithin += Math.min(served[premium]?.total ?? 0, guarantee);
    block.demand.forEach((cost, key) => void add(this.stressDemand, key, cost));
    block.goodput.forEach((cost, key) => void add(this.stressGoodput, key, cost));
  }

  /** Sums over the keys of each tier: of a key as much is usual as it usually asks for, whichever requests were served. */
  private byTier(units: Float64Array, usual: Float64Array): TierDemand[] {
    const sums = this.tiers.map(() => ({ usual: 0, total: 0 }));
    this.keyTiers.forEach((tier, key) => {
      const sum = sums[tier];
      if (!sum) return;
      sum.total += units[key] ?? 0;
      sum.usual += Math.min(units[key] ?? 0, usual[key] ?? 0);
    });
    return sums;
  }

  private blockAt(second: number): Block {
    const index = Math.floor(second / BLOCK_SECONDS);
    while (this.settled + this.open.length <= index) this.open.push(this.emptyBlock());
    while (this.open.length > SETTLED_BLOCKS) this.settleOldest();
    const block = this.open[index - this.settled];
    if (!block) throw new Error(`Second ${second} of the run was already closed when a request of it was counted.`);
    return block;
  }

  private emptyBlock(): Block {
    const perKey = () => new Float64Array(this.keyTiers.length);
    return { seconds: 0, capacity: 0, demand: perKey(), usual: perKey(), goodput: perKey() };
  }
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

function add(sums: Float64Array, index: number, cost: number): void {
  sums[index] = (sums[index] ?? 0) + cost;
}

interface KeySums {
  readonly demand: Float64Array;
  readonly goodput: Float64Array;
}

function worstJain({ demand, goodput }: KeySums, tierCount: number, keyTiers: readonly number[]): number {
  let worst = 1;
  for (let tier = 0; tier < tierCount; tier++) {
    const keys = keyTiers.flatMap((keyTier, key) => (keyTier === tier ? [key] : []));
    const demands = keys.map((key) => demand[key] ?? 0);
    const served = keys.map((key, at) => Math.min(demands[at] ?? 0, goodput[key] ?? 0));
    worst = Math.min(worst, jainAgainstMaxMin(demands, served));
  }
  return worst;
}

/** Jain's index of what each key was served relative to its max-min share of what all were; 1 when nobody was. */
export function jainAgainstMaxMin(demands: readonly number[], served: readonly number[]): number {
  const level = waterLevel(
    demands,
    served.reduce((sum, cost) => sum + cost, 0),
  );
  const relative = demands.flatMap((demand, key) =>
    demand > 0 && level > 0 ? [(served[key] ?? 0) / Math.min(demand, level)] : [],
  );
  const squares = relative.reduce((sum, part) => sum + part * part, 0);
  const sum = relative.reduce((total, part) => total + part, 0);
  return squares > 0 ? (sum * sum) / (relative.length * squares) : 1;
}

/** The level whose shares min(demand, level) add up to `total`; infinite when that is all there is demand for. */
function waterLevel(demands: readonly number[], total: number): number {
  const ascending = [...demands].sort((a, b) => a - b);
  let left = total;
  for (const [index, demand] of ascending.entries()) {
    const level = left / (ascending.length - index);
    if (demand > level) return level;
    left -= demand;
  }
  return Number.POSITIVE_INFINITY;
}

/** Rounded to 1e-6: figures are compared between runs, and the last bits of a long sum mean nothing. */
export function ratio(part: number, whole: number, whenEmpty: number): number {
  return whole > 0 ? Math.round((part / whole) * 1e6) / 1e6 : whenEmpty;
}
