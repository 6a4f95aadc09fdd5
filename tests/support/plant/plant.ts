import { nextPlanWrite } from '../../../shared/allocation/plan-writes.ts';
import { law } from '../../../shared/control/law.ts';
import type { LawState } from '../../../shared/control/state.ts';
import type { Baseline, Conclusion } from '../../../shared/control/types.ts';
import type { Limit, Limits } from '../../../shared/platform/units.ts';
import { type Policy, policySchema } from '../../../shared/policy/schema.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { Backend } from './backend.ts';
import { DelayedLimits, SecondBucket } from './gateway.ts';
import { poisson, seeded } from './random.ts';
import { type Answered, WindowRecorder } from './recorder.ts';

/** A client: what its key sends in a second, and the part of it that is POST /orders. */
export interface Client {
  readonly key: string;
  readonly tier: string;
  readonly rps: (second: number) => number;
  readonly orderShare: number;
}

export interface PlantOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly clients: readonly Client[];
  readonly capacityCups: (second: number) => number;
  readonly policy?: object;
  /** Share of requests that fail for reasons other than load. */
  readonly errorShare?: (second: number) => number;
  /** False: the law watches and nothing is written. */
  readonly isEnforced?: boolean;
}

export interface SecondRecord {
  readonly second: number;
  readonly offered: Readonly<Record<string, number>>;
  /** Admitted, not failed, and within 500 ms. */
  readonly served: Readonly<Record<string, number>>;
  readonly admitted: Readonly<Record<string, number>>;
  readonly latencyMs: number;
  readonly admittedCups: number;
  readonly live: Limits;
}

export interface Run {
  readonly seconds: readonly SecondRecord[];
  readonly conclusions: readonly (Conclusion & { readonly second: number })[];
  readonly writes: readonly { readonly second: number; readonly what: string }[];
  readonly final: Limits;
}

interface Part {
  readonly key: string;
  readonly tier: string;
  readonly method: string;
  readonly offered: number;
  readonly admitted: number;
}

const EPOCH = Date.UTC(2031, 0, 1);
const COST = { GET: 1, POST: 4 } as const;
const OBJECTIVE_MS = 500;
const SLACK_SHARE = 0.01;

export const BASELINE: Baseline = {
  stage: { rateRps: 2000, burst: 5000 },
  tiers: {
    premium: { rateRps: 2000, burst: 5000 },
    standard: { rateRps: 500, burst: 1000 },
    basic: { rateRps: 100, burst: 200 },
    internal: { rateRps: 500, burst: 1000 },
  },
};

export function plantPolicy(overrides: object = {}): Policy {
  return policySchema.parse({ api: 'abc/dev', mode: 'enforce', methodCost: { '/orders/POST': 4 }, ...overrides });
}

/**
 * A closed loop in steps of one second: clients, plan and stage buckets, a queueing backend, log windows 8 to 25 s
 * old, a tick every 10 s, stage changes in force after 2 to 10 s, one plan write per 20 s in force after 5 to 30 s.
 */
export class Plant {
  private readonly options: PlantOptions;
  private readonly policy: Policy;
  private readonly random: () => number;
  private readonly limits = new DelayedLimits({ stage: { '*/*': BASELINE.stage }, tiers: BASELINE.tiers });
  private readonly backend = new Backend();
  private readonly buckets = new Map<string, SecondBucket>();
  private readonly recorder = new WindowRecorder();
  private readonly answers = new Map<number, Answered[]>();
  private readonly underway: { readonly atSecond: number; readonly window: Window }[] = [];
  private readonly effective = { stageMs: 0, tiersMs: {} as Record<string, number> };
  private lastPlanWriteMs: number | undefined;
  private state: LawState | undefined;
  private readonly run: {
    seconds: SecondRecord[];
    conclusions: Run['conclusions'][number][];
    writes: Run['writes'][number][];
  } = { seconds: [], conclusions: [], writes: [] };

  constructor(options: PlantOptions) {
    this.options = options;
    this.policy = plantPolicy(options.policy);
    this.random = seeded(options.seed);
  }

  play(): Run {
    for (let second = 0; second < this.options.seconds; second += 1) {
      this.run.seconds.push(this.traffic(second));
      if (second % 10 === 9) this.closeWindow(second);
      if (second % 10 === 5) this.tick(second);
      if (this.options.isEnforced !== false) this.writePlan(second);
    }
    return { ...this.run, final: this.limits.live };
  }

  private traffic(second: number): SecondRecord {
    const limits = this.limits.inForce(second);
    const passed = this.options.clients.flatMap((client) => this.throughPlan(client, second, limits));
    const admitted = this.throughStage(passed, limits);
    const admittedCups = admitted.reduce((sum, part) => sum + part.admitted * part.cost, 0);
    const service = this.backend.serve(admittedCups, this.options.capacityCups(second));
    const failing = Math.min(1, service.failedShare + (this.options.errorShare?.(second) ?? 0));
    const record = { offered: {}, served: {}, admitted: {} } as Record<
      'offered' | 'served' | 'admitted',
      Record<string, number>
    >;
    for (const part of admitted) {
      const failed = part.admitted * failing;
      const latencyMs = service.latencyMs;
      this.answer(part, failed, latencyMs, second);
      const { key } = part;
      record.offered[key] = (record.offered[key] ?? 0) + part.offered;
      record.admitted[key] = (record.admitted[key] ?? 0) + part.admitted;
      record.served[key] = (record.served[key] ?? 0) + (latencyMs <= OBJECTIVE_MS ? part.admitted - failed : 0);
    }
    for (const answered of this.answers.get(second) ?? []) this.recorder.add(answered, this.random);
    this.answers.delete(second);
    return { second, ...record, latencyMs: service.latencyMs, admittedCups, live: this.limits.live };
  }

  /** A refusal is answered at once, anything else after its latency: windows count answers, not arrivals. */
  private answer(part: Part, failed: number, latencyMs: number, second: number): void {
    const { admitted } = part;
    const throttled = part.offered - admitted;
    this.recorder.add({ ...part, offered: throttled, throttled, admitted: 0, failed: 0, latencyMs: 0 }, this.random);
    const atSecond = second + Math.floor(latencyMs / 1000);
    const due = this.answers.get(atSecond) ?? [];
    this.answers.set(atSecond, due);
    due.push({ ...part, offered: admitted, throttled: 0, failed, latencyMs });
  }

  private throughPlan(client: Client, second: number, limits: Limits) {
    const total = poisson(client.rps(second), this.random);
    const limit = limits.tiers[client.tier] ?? BASELINE.stage;
    const passed = this.bucket(`plan ${client.key}`).admit(total, limit, SLACK_SHARE);
    const orders = Math.round(total * client.orderShare + this.random() - 0.5);
    const ratio = total > 0 ? passed / total : 0;
    const part = (method: string, offered: number, cost: number) => {
      return { key: client.key, tier: client.tier, method, offered, passed: offered * ratio, cost };
    };
    return [part('/orders/POST', orders, COST.POST), part('/data/GET', total - orders, COST.GET)];
  }

  private throughStage(parts: readonly ReturnType<Plant['throughPlan']>[number][], limits: Limits) {
    const admittedShare = new Map<string, number>();
    for (const method of new Set(parts.map((part) => part.method))) {
      const arriving = parts.filter((part) => part.method === method).reduce((sum, part) => sum + part.passed, 0);
      const limit = limits.stage[method] ?? limits.stage['*/*'] ?? BASELINE.stage;
      const passed = this.bucket(`stage ${method}`).admit(arriving, limit, SLACK_SHARE);
      admittedShare.set(method, arriving > 0 ? passed / arriving : 0);
    }
    return parts.map((part) => ({ ...part, admitted: part.passed * (admittedShare.get(part.method) ?? 0) }));
  }

  private bucket(name: string): SecondBucket {
    const bucket = this.buckets.get(name) ?? new SecondBucket();
    this.buckets.set(name, bucket);
    return bucket;
  }

  private closeWindow(second: number): void {
    const window = this.recorder.close(EPOCH + (second - 9) * 1000, 10_000);
    const previous = this.underway.at(-1)?.atSecond ?? 0;
    this.underway.push({ atSecond: Math.max(previous, second + 8 + Math.floor(17 * this.random() ** 2)), window });
  }

  private tick(second: number): void {
    const windows: Window[] = [];
    while (this.underway[0] !== undefined && this.underway[0].atSecond <= second) {
      windows.push(...this.underway.splice(0, 1).map(({ window }) => window));
    }
    const { policy, state } = this;
    const now = EPOCH + second * 1000;
    const effective = { stageMs: this.effective.stageMs, tiersMs: { ...this.effective.tiersMs } };
    const output = law({ state, windows, live: this.limits.live, effective, policy, baseline: BASELINE, now });
    this.state = JSON.parse(JSON.stringify(output.state)) as LawState;
    this.run.conclusions.push({ ...output.conclusion, second });
    if (this.options.isEnforced !== false) this.writeStage(output.desired.stage, second);
  }

  private writeStage(stage: Limits['stage'], second: number): void {
    if (JSON.stringify(stage) === JSON.stringify(this.limits.live.stage)) return;
    this.limits.write((limits) => ({ ...limits, stage }), second + 2 + Math.floor(8 * this.random()));
    this.effective.stageMs = EPOCH + (second + 10) * 1000;
    this.run.writes.push({ second, what: 'stage' });
  }

  private writePlan(second: number): void {
    if (this.state === undefined) return;
    const now = EPOCH + second * 1000;
    const next = nextPlanWrite(this.state.desired.tiers, this.limits.live.tiers, now, this.lastPlanWriteMs, {
      planOrder: this.state.planOrder,
      sacrificeOrder: ['basic', 'standard', 'premium', 'internal'],
      resting: BASELINE.tiers,
      ignoreChangeShare: this.policy.guardrails.ignoreChangeShare,
      intervalMs: 20_000,
    });
    if (next.kind !== 'write') return;
    const change = (limits: Limits) => ({ ...limits, tiers: withTier(limits.tiers, next.tier, next.limit) });
    this.limits.write(change, second + 5 + Math.floor(25 * this.random()));
    this.effective.tiersMs[next.tier] = now + 30_000;
    this.lastPlanWriteMs = now;
    this.run.writes.push({ second, what: next.tier });
  }
}

function withTier(tiers: Limits['tiers'], tier: string, limit: Limit): Limits['tiers'] {
  return { ...tiers, [tier]: limit };
}
