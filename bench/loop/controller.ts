import type { Clock } from '@tidegate/embedded-aws/kernel';
import { planWriteRules } from '../../shared/law/allocation/plan-write-rules.ts';
import { nextPlanWrite, type PlanWriteRules } from '../../shared/law/allocation/plan-writes.ts';
import type { Baseline, Conclusion, Law } from '../../shared/law/types.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import { PLAN_SETTLE_MS, STAGE_SETTLE_MS } from '../../shared/platform/aws-assumptions.ts';
import type { EpochMs, TierName } from '../../shared/platform/units.ts';
import type { Policy } from '../../shared/policy/schema/policy-schema.ts';
import type { BenchTelemetry } from './bench-telemetry.ts';
import type { BenchHeartbeat } from './heartbeat.ts';
import { type LimitWrite, planWrite, stageWrite } from './limit-changes.ts';
import type { BenchStage } from './stage.ts';

export interface ControllerOptions<State> {
  readonly clock: Clock;
  readonly law: Law<State>;
  readonly policy: Policy;
  readonly baseline: Baseline;
  readonly stage: BenchStage;
  /** Control looks at least this often. */
  readonly tickMs: number;
  readonly telemetry: () => BenchTelemetry;
  readonly heartbeat: BenchHeartbeat;
  /** Keys per tier, from the plans. */
  readonly keyCounts: Readonly<Record<TierName, number>>;
  /** What the law learned before; undefined: nothing. */
  readonly state: State | undefined;
  readonly onConclusion?: (conclusion: Conclusion, atMs: EpochMs) => void;
}

/** A model of control and plan writer: ticks, one plan write per slot, settling times. */
export class BenchController<State> {
  /** Every accepted write, in the order of time. */
  readonly writes: LimitWrite[] = [];
  private readonly options: ControllerOptions<State>;
  private rules: PlanWriteRules;
  /** What the last tick left behind. */
  state: State | undefined;
  private seenMs: EpochMs = 0;
  private logEndMs: EpochMs = 0;
  private stageWrittenMs = Number.NEGATIVE_INFINITY;
  private readonly planWrittenMs = new Map<TierName, EpochMs>();
  private lastPlanWriteMs: EpochMs | undefined;
  private desired: Limits['tiers'] = {};
  private writerIsArmed = false;

  constructor(options: ControllerOptions<State>) {
    this.options = options;
    const { policy, baseline, clock } = options;
    this.rules = planWriteRules(policy, baseline.tiers);
    this.state = options.state;
    clock.every(options.tickMs, 0, () => this.tick());
  }

  tick(): void {
    const { clock, law, policy, baseline, stage, telemetry } = this.options;
    const now = clock.now();
    const windows = telemetry().windowsAfter(this.seenMs);
    this.seenMs = windows.at(-1)?.startMs ?? this.seenMs;
    const tiersMs = Object.fromEntries(
      Object.keys(baseline.tiers).map((tier) => [
        tier,
        (this.planWrittenMs.get(tier) ?? -PLAN_SETTLE_MS) + PLAN_SETTLE_MS,
      ]),
    );
    const effective = { stageMs: Math.max(0, this.stageWrittenMs + STAGE_SETTLE_MS), tiersMs };
    const live = stage.written;
    const newest = windows.at(-1);
    if (newest) this.logEndMs = newest.startMs + newest.lengthMs;
    const heartbeat = this.options.heartbeat.at(now, this.logEndMs);
    const input = {
      state: this.state,
      windows,
      heartbeat,
      live,
      effective,
      policy,
      baseline,
      keyCounts: this.options.keyCounts,
      now,
    };
    const { state, conclusion, desired, planOrder } = law(input);
    this.state = state;
    this.options.onConclusion?.(conclusion, now);
    if (policy.mode !== 'enforce') return;
    this.desired = desired.tiers;
    this.rules = { ...this.rules, planOrder: planOrder ?? [] };
    if (differs(desired.stage, live.stage)) {
      const settings = { ...live.stage, ...desired.stage };
      stage.writeStage(settings);
      this.stageWrittenMs = now;
      this.writes.push(stageWrite(now, live.stage, settings));
    }
    this.armWriter();
  }

  private armWriter(): void {
    if (this.writerIsArmed) return;
    const { clock, stage } = this.options;
    const next = nextPlanWrite(this.desired, stage.written.tiers, clock.now(), this.lastPlanWriteMs, this.rules);
    if (next.kind === 'nothing') return;
    this.writerIsArmed = true;
    clock.after(next.kind === 'wait' ? next.untilMs - clock.now() : 0, () => this.write());
  }

  private write(): void {
    this.writerIsArmed = false;
    const { clock, stage } = this.options;
    const now = clock.now();
    const next = nextPlanWrite(this.desired, stage.written.tiers, now, this.lastPlanWriteMs, this.rules);
    if (next.kind === 'write') {
      const before = stage.written.tiers[next.tier]?.rateRps ?? 0;
      stage.writePlan(next.tier, next.limit);
      this.writes.push(planWrite(now, next.tier, before, next.limit.rateRps));
      this.planWrittenMs.set(next.tier, now);
      this.lastPlanWriteMs = now;
    }
    this.armWriter();
  }
}

function differs(wanted: Readonly<Record<string, Limit>>, live: Readonly<Record<string, Limit>>): boolean {
  return Object.entries(wanted).some(([key, limit]) => {
    const current = live[key];
    return current === undefined || current.rateRps !== limit.rateRps || current.burst !== limit.burst;
  });
}
