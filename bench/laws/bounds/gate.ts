import type { Admission, FinishedRequest, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import type { Attempt } from '../../../rehearsal/world/attempt.ts';
import type { Door } from '../../../rehearsal/world/world-door.ts';
import type { CostUnitsPerSecond, EpochMs, TierName } from '../../../shared/platform/units.ts';
import type { BenchLaw, LawContext } from '../bench-law.ts';
import { staticLimits } from '../fixed.ts';
import { Contracts, type Wanted, wantedOf } from './known-demand.ts';

/** Excess is admitted while less work waits than this, what is usual while less than that: seconds of the capacity. */
const EXCESS_SECONDS = 0.15;
const USUAL_SECONDS = 0.3;
/** A queue may not cost more of the capacity than this. */
const LOST_SHARE = 0.03;
/** A backend without a queue feels what it was given of late, forgotten at this rate; more than its capacity makes it slow. */
const FORGOTTEN_PER_SECOND = 1;
const QUEUELESS = { usual: 1, excess: 0.97 };
/** So much more than its share is let through while there is room: chance leaves gaps, and the queue tells when to stop. */
const GENEROSITY = 1.08;
const SECOND_MS = 1000;

/** What to let through of a tier's usual demand and of its excess, as shares of what is asked. */
interface Shares {
  readonly usual: number;
  readonly excess: number;
}

/**
 * A gate that knows demand, capacity and the queue of the moment, decides every request by itself and admits first attempts
 * alone: usual demand first, with no actuators, no delays and no plans. No law can do better; it is the ceiling.
 */
class Gate implements Door {
  private readonly gateway: Door;
  private readonly context: LawContext;
  private readonly contracts: Contracts;
  private readonly credits = new Map<string, number>();
  private shares: ReadonlyMap<TierName, Shares> = new Map();
  private capacity: CostUnitsPerSecond = 0;
  /** Work that waits; of a backend without a queue what it was given of late, cost units. */
  private waiting = 0;
  private workedMs: EpochMs | undefined;
  private nextLookMs: EpochMs = 0;

  constructor(gateway: Door, context: LawContext) {
    this.gateway = gateway;
    this.context = context;
    this.contracts = new Contracts(context.baseline.tiers);
  }

  admit(_request: GatewayRequest, atMs: EpochMs, attempt: Attempt): Admission {
    if (atMs >= this.nextLookMs) this.look(atMs);
    this.workUntil(atMs);
    if (attempt.number > 1 || !attempt.isWithinContract) return 'THROTTLED';
    if (!this.hasRoom(attempt) || !this.isWithinShare(attempt)) return 'THROTTLED';
    this.waiting += attempt.cost;
    return 'admitted';
  }

  finish(requests: readonly FinishedRequest[]): void {
    this.gateway.finish(requests);
  }

  /** Once a second: what there is, and who is to have it. */
  private look(atMs: EpochMs): void {
    const { knowledge, policy } = this.context;
    this.nextLookMs = atMs - (atMs % SECOND_MS) + SECOND_MS;
    const asked = knowledge.keyDemand(atMs);
    this.contracts.live(asked, atMs);
    const wanted = wantedOf(knowledge.capacityCups(atMs), this.contracts.cover(asked), policy);
    this.shares = new Map([...wanted].map(([tier, each]) => [tier, sharesOf(each)]));
    if (!knowledge.isQueueless) this.waiting = knowledge.backlogCups();
  }

  private workUntil(atMs: EpochMs): void {
    const { knowledge } = this.context;
    this.capacity = knowledge.capacityCups(atMs);
    const seconds = (atMs - (this.workedMs ?? atMs)) / SECOND_MS;
    this.workedMs = atMs;
    if (knowledge.isQueueless) this.waiting *= Math.exp(-FORGOTTEN_PER_SECOND * seconds);
    else this.waiting = Math.max(0, this.waiting - seconds * this.capacity);
  }

  private hasRoom({ isUsual, cost }: Attempt): boolean {
    const { knowledge } = this.context;
    if (knowledge.isQueueless) {
      return this.waiting + cost <= (isUsual ? QUEUELESS.usual : QUEUELESS.excess) * this.capacity;
    }
    const affordable = LOST_SHARE / Math.max(1e-3, knowledge.collapse);
    const most = isUsual ? Math.min(USUAL_SECONDS, affordable) : Math.min(EXCESS_SECONDS, affordable / 2);
    return this.waiting === 0 || this.waiting + cost <= most * this.capacity;
  }

  /** Spreads what is let through evenly over what is asked. */
  private isWithinShare({ isUsual, cost, source }: Attempt): boolean {
    const kind = isUsual ? 'usual' : 'excess';
    const share = this.shares.get(source.group.tier)?.[kind] ?? 0;
    if (share >= 1) return true;
    const name = `${source.group.tier} ${kind}`;
    const credit = (this.credits.get(name) ?? 0) + share * GENEROSITY * cost;
    const isAdmitted = credit >= cost;
    this.credits.set(name, isAdmitted ? credit - cost : credit);
    return isAdmitted;
  }
}

function sharesOf({ asked, grant }: Wanted): Shares {
  const usual = Math.min(asked.usual, grant.due);
  const excess = grant.due - usual + grant.excess;
  return {
    usual: asked.usual > 0 ? usual / asked.usual : 1,
    excess: asked.total > asked.usual ? excess / (asked.total - asked.usual) : 1,
  };
}

/** The deployed limits, behind a gate that leaves them nothing to do. */
export const gate: BenchLaw = {
  ...staticLimits,
  name: 'gate',
  door: (context) => (gateway) => new Gate(gateway, context),
};
