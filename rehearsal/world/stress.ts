import type { TierName } from '../../shared/platform/units.ts';
import type { TierTerms } from './omniscient.ts';
import { PREMIUM } from './scenario.ts';

/** The scores of docs/scores.md, "Under stress". */
export interface StressScores {
  readonly stressSeconds: number;
  readonly stressRatio: number;
  readonly premiumWithinGuarantee: number;
  readonly jain: number;
}

/** Ten seconds of a run, in cost units: the arrays go by tier and by key. */
interface Block {
  seconds: number;
  capacity: number;
  readonly demand: Float64Array;
  readonly goodput: Float64Array;
  readonly ideal: Float64Array;
  readonly keyDemand: Float64Array;
  readonly keyGoodput: Float64Array;
}

export const BLOCK_SECONDS = 10;
/** Stress begins when contract demand exceeds this share of the capacity … */
const STRESS_SHARE = 0.9;
/** … and lasts for so many blocks after it: two minutes. */
const BLOCKS_AFTER = 12;
const PARTS = ['goodput', 'ideal', 'keyDemand', 'keyGoodput'] as const;

/** The sums over the blocks in stress. */
type Sums = Omit<Block, 'capacity' | 'demand'> & { guarantee: number; premiumWithin: number };

/** Answers in time come within the objective's latency: a block that is so many blocks old will not change. */
const SETTLED_BLOCKS = 6;

/** Keeps what the scores under stress need: the last minute by blocks, and of the blocks before it their sums. */
export class StressKeeper {
  private readonly tiers: readonly TierTerms[];
  private readonly keyTiers: readonly number[];
  private readonly premium: number;
  /** Those that may still change, oldest first. */
  private readonly open: Block[] = [];
  private settled = 0;
  /** Blocks to come that are in stress for what was before them. */
  private stressLeft = 0;
  private readonly sums: Sums;

  /**
   * @param keyTiers the index of each key's tier
   * @param premiumTier the tier that is held against its guarantee
   */
  constructor(tiers: readonly TierTerms[], keyTiers: readonly number[], premiumTier: TierName = PREMIUM) {
    this.tiers = tiers;
    this.keyTiers = keyTiers;
    this.premium = tiers.findIndex(({ name }) => name === premiumTier);
    this.sums = { ...this.emptyBlock(), guarantee: 0, premiumWithin: 0 };
  }

  /** A first attempt within its contract arrived. */
  demanded(second: number, tierIndex: number, keyIndex: number, cost: number): void {
    const block = this.blockAt(second);
    add(block.demand, tierIndex, cost);
    add(block.keyDemand, keyIndex, cost);
  }

  /** A first attempt that arrived at `second` was answered within the objective. */
  served(second: number, tierIndex: number, keyIndex: number, cost: number): void {
    const block = this.blockAt(second);
    add(block.goodput, tierIndex, cost);
    add(block.keyGoodput, keyIndex, cost);
  }

  /** A second is over: what the backend could have done in it, and the omniscient allocator's share of each tier. */
  closeSecond(second: number, capacityWork: number, shares: readonly number[]): void {
    const block = this.blockAt(second);
    block.seconds++;
    block.capacity += capacityWork;
    for (let tier = 0; tier < shares.length; tier++) add(block.ideal, tier, shares[tier] ?? 0);
  }

  result(): StressScores {
    while (this.open.length > 0) this.settleOldest();
    const { tiers, sums } = this;
    return {
      stressSeconds: sums.seconds,
      stressRatio: ratio(weighted(tiers, sums.goodput), weighted(tiers, sums.ideal), 1),
      premiumWithinGuarantee: ratio(sums.premiumWithin, sums.guarantee, 1),
      jain: ratio(worstJain(sums, tiers.length, this.keyTiers), 1, 1),
    };
  }

  /** Adds the oldest block to the sums if it is in stress. */
  private settleOldest(): void {
    const block = this.open.shift();
    if (!block) return;
    this.settled++;
    const demanded = block.demand.reduce((sum, cost) => sum + cost, 0);
    if (demanded > STRESS_SHARE * block.capacity) this.stressLeft = BLOCKS_AFTER + 1;
    if (this.stressLeft-- > 0) this.addUp(block);
  }

  private addUp(block: Block): void {
    const { sums, tiers, premium } = this;
    const guarantee = Math.min(block.demand[premium] ?? 0, (tiers[premium]?.floorShare ?? 0) * block.capacity);
    sums.seconds += block.seconds;
    sums.guarantee += guarantee;
    sums.premiumWithin += Math.min(block.goodput[premium] ?? 0, guarantee);
    for (const name of PARTS) block[name].forEach((cost, index) => void add(sums[name], index, cost));
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
    const perTier = () => new Float64Array(this.tiers.length);
    const perKey = () => new Float64Array(this.keyTiers.length);
    const [demand, goodput, ideal] = [perTier(), perTier(), perTier()];
    return { seconds: 0, capacity: 0, demand, goodput, ideal, keyDemand: perKey(), keyGoodput: perKey() };
  }
}

function add(sums: Float64Array, index: number, cost: number): void {
  sums[index] = (sums[index] ?? 0) + cost;
}

/** The sum over tiers, each by its weight. */
export function weighted(tiers: readonly TierTerms[], perTier: ArrayLike<number>): number {
  return tiers.reduce((sum, { weight }, index) => sum + weight * (perTier[index] ?? 0), 0);
}

function worstJain({ keyDemand, keyGoodput }: Sums, tierCount: number, keyTiers: readonly number[]): number {
  let worst = 1;
  for (let tier = 0; tier < tierCount; tier++) {
    const keys = keyTiers.flatMap((keyTier, key) => (keyTier === tier ? [key] : []));
    const demands = keys.map((key) => keyDemand[key] ?? 0);
    const served = keys.map((key, at) => Math.min(demands[at] ?? 0, keyGoodput[key] ?? 0));
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
