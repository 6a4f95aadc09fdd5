import { SimulationClock } from '../../local/kernel/clock.ts';
import { isRestored } from '../../local/rehearsal/report.ts';
import { randomStreams } from '../../local/world/random-streams.ts';
import { keyNames, type Scenario } from '../../local/world/scenario.ts';
import type { Scores } from '../../local/world/scores.ts';
import type { SecondSnapshot } from '../../local/world/snapshot.ts';
import { SLICE_MS, World } from '../../local/world/world.ts';
import type { Baseline, Conclusion, Law } from '../../shared/control/types.ts';
import type { Limits } from '../../shared/platform/units.ts';
import { type Policy, tierPolicyOf } from '../../shared/policy/schema.ts';
import { BenchController } from './controller.ts';
import { BenchStage } from './stage.ts';
import { BenchTelemetry } from './telemetry.ts';

const EPOCH_MS = Date.UTC(2031, 0, 1);
/** Traffic begins when the loop has run for a while. */
const LEAD_MS = 300_000;

export interface LoopOptions<State> {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly law: Law<State>;
  readonly policy: Policy;
  readonly baseline: Baseline;
  readonly onSecond?: (snapshot: SecondSnapshot, enforced: Limits) => void;
  readonly onConclusion?: (conclusion: Conclusion, second: number) => void;
}

export interface LoopResult extends Scores {
  readonly stageWrites: number;
  readonly planWrites: number;
  readonly decisions: Readonly<Record<string, number>>;
  /** Every rate at the end is at least nearly what it was at onset. */
  readonly restored: boolean;
  readonly limits: Limits;
}

/** One scenario with a law in the loop, no HTTP, no Lambdas: the same world, buckets, delays and telemetry. */
export async function runLoop<State>(options: LoopOptions<State>): Promise<LoopResult> {
  const { scenario, seed, law, policy, baseline } = options;
  const random = randomStreams(seed);
  const clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  await clock.goVirtual(0, EPOCH_MS);
  const tierOf = new Map(
    scenario.groups.flatMap((group) => keyNames(group).map((name) => [name, group.tier] as const)),
  );
  let telemetry: BenchTelemetry | undefined;
  const methods = scenario.methods.map(({ verb, path }) => ({ verb, path }));
  const stage = new BenchStage({
    clock,
    random: random('bench/propagation'),
    baseline,
    methods,
    tierOf,
    onFinished: (requests) => telemetry?.add(requests),
  });
  const startMs = EPOCH_MS + LEAD_MS;
  const decisions: Record<string, number> = {};
  const controller = new BenchController({
    clock,
    law,
    policy,
    baseline,
    stage,
    telemetry: () => telemetry as BenchTelemetry,
    onConclusion: (conclusion, atMs) => {
      decisions[conclusion.kind] = (decisions[conclusion.kind] ?? 0) + 1;
      options.onConclusion?.(conclusion, (atMs - startMs) / 1000);
    },
  });
  telemetry = new BenchTelemetry({
    clock,
    random,
    tierOf,
    slowMs: policy.objective.latencyMs,
    onNudge: () => controller.tick(),
  });
  const tiers = Object.keys(baseline.tiers).map((name) => {
    const { weight, floorShare, sacrificeOrder } = tierPolicyOf(policy, name);
    return {
      name,
      weight,
      floorShare,
      sacrificeRank: sacrificeOrder === 'never' ? Number.MAX_SAFE_INTEGER : sacrificeOrder,
    };
  });
  let atOnset = stage.enforced();
  const world = new World({
    scenario,
    startMs,
    gateway: stage,
    keyId: (name) => name,
    random,
    tiers,
    contracts: baseline.tiers,
    onSecond: (snapshot) => {
      if (snapshot.second <= scenario.onsetSeconds) atOnset = stage.enforced();
      options.onSecond?.(snapshot, stage.enforced());
    },
  });
  await clock.runUntil(startMs);
  clock.every(SLICE_MS, 0, () => world.advance(clock.now()));
  await clock.runUntil(startMs + scenario.durationSeconds * 1000);
  clock.stop();
  const { stageWrites, planWrites } = controller;
  const limits = stage.enforced();
  return { ...world.scores(), stageWrites, planWrites, decisions, restored: isRestored(atOnset, limits), limits };
}
