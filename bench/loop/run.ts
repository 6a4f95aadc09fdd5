import type { GatewayPort } from '@tidegate/embedded-aws/gateway';
import { ASSUMPTIONS, type Random, SimulationClock } from '@tidegate/embedded-aws/kernel';
import { tierTerms } from '../../rehearsal/run/rehearsal-policy.ts';
import { isRestored } from '../../rehearsal/run/rehearsal-report.ts';
import { randomStreams } from '../../rehearsal/world/random-streams.ts';
import { keyNames, type Scenario, troubleEndOf } from '../../rehearsal/world/scenario.ts';
import type { Scores } from '../../rehearsal/world/scores.ts';
import { RestKeeper } from '../../rehearsal/world/scoring/time-to-rest.ts';
import { SLICE_MS, World } from '../../rehearsal/world/world.ts';
import type { Door } from '../../rehearsal/world/world-door.ts';
import type { SecondSnapshot } from '../../rehearsal/world/world-snapshot.ts';
import type { Baseline, Conclusion, Law } from '../../shared/law/types.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { Policy } from '../../shared/policy/schema/policy-schema.ts';
import { keyCountsOf } from '../../shared/telemetry/key-counts.ts';
import type { TelemetryTrouble } from '../scenarios/bench-scenario.ts';
import type { BenchTelemetry, TelemetryMode } from './bench-telemetry.ts';
import { BenchController } from './controller.ts';
import { benchTelemetry } from './create-telemetry.ts';
import { type Delays, USUAL_DELAYS } from './delays.ts';
import { BenchHeartbeat } from './heartbeat.ts';
import { type Effort, effortOf, type LimitWrite } from './limit-changes.ts';
import { BenchStage } from './stage.ts';
import { NO_TROUBLE } from './trouble.ts';

/** The control function looks at least once a minute. */
const TICK_SECONDS = 60;
/** Time that the loop runs before traffic begins. */
const LEAD_MS = 300_000;
/** When a scenario begins. */
export const START_MS = Date.UTC(2031, 0, 1, 6);

/** What a run leaves behind for the next one. */
export interface History<State> {
  readonly state: State | undefined;
  readonly limits: Limits;
}

export interface LoopOptions<State> {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly law: Law<State>;
  readonly policy: Policy;
  readonly baseline: Baseline;
  /** Absent: log streams, as in the product. */
  readonly telemetry?: TelemetryMode;
  readonly trouble?: TelemetryTrouble;
  /** How often control looks of its own accord; absent: every minute. */
  readonly tickSeconds?: number;
  /** How much faster than their rate buckets refill; absent: the usual slack. */
  readonly enforcementSlack?: number;
  /** Absent: as the embedded AWS assumes. */
  readonly delays?: Delays;
  /** Absent: the law has never seen the API, and all limits rest. */
  readonly history?: History<State>;
  /** When the scenario begins; START_MS when absent. */
  readonly startMs?: EpochMs;
  /** Wraps the gateway in order to observe passing requests. */
  readonly watch?: (gateway: GatewayPort) => GatewayPort;
  /** Decides in place of the gateway, which still logs what was decided; only for a bound without actuators. */
  readonly door?: (gateway: GatewayPort) => Door;
  readonly onSecond?: (snapshot: SecondSnapshot, enforced: Limits) => void;
  readonly onConclusion?: (conclusion: Conclusion, second: number) => void;
}

export interface LoopResult<State = unknown> extends Scores, Effort {
  readonly history: History<State>;
  readonly decisions: Readonly<Record<string, number>>;
  /** Whether every rate at the end is at least nearly its value at onset. */
  readonly restored: boolean;
  /** From the last trouble's end until all limits rest for good; null: never. Absent where the trouble does not end. */
  readonly secondsToRest?: number | null;
  readonly limits: Limits;
  /** Every accepted write in the order of time, those before the scenario began included. */
  readonly writes: readonly LimitWrite[];
}

/** One scenario with a law in the loop, no HTTP, no Lambdas: the same world, buckets, delays and telemetry. */
export async function runLoop<State>(options: LoopOptions<State>): Promise<LoopResult<State>> {
  const { scenario, baseline, history, startMs = START_MS } = options;
  const clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  await clock.goVirtual(0, startMs - (history ? 0 : LEAD_MS));
  const loop = assembled(options, clock);
  const { stage, controller, decisions } = loop;
  const rest = new RestKeeper(baseline, troubleEndOf(scenario));
  let atOnset = stage.enforced();
  const world = worldOf(options, loop, (snapshot) => {
    const enforced = stage.enforced();
    if (snapshot.second <= scenario.onsetSeconds) atOnset = enforced;
    rest.see(snapshot, enforced);
    options.onSecond?.(snapshot, enforced);
  });
  await clock.runUntil(startMs);
  clock.every(SLICE_MS, 0, () => world.advance(clock.now()));
  await clock.runUntil(startMs + scenario.durationSeconds * 1000);
  clock.stop();
  const limits = stage.enforced();
  const { writes } = controller;
  const secondsToRest = rest.secondsToRest();
  return {
    ...world.scores(),
    ...effortOf(writes, startMs),
    history: { state: controller.state, limits: stage.written },
    ...(secondsToRest !== undefined && { secondsToRest }),
    decisions,
    restored: isRestored(atOnset, limits),
    limits,
    writes,
  };
}

/** Everything between the clients and the law. */
interface Loop<State> {
  readonly stage: BenchStage;
  readonly controller: BenchController<State>;
  readonly random: (name: string) => Random;
  /** Number of conclusions by kind. */
  readonly decisions: Record<string, number>;
}

function assembled<State>(options: LoopOptions<State>, clock: SimulationClock): Loop<State> {
  const { scenario, law, policy, baseline, history, delays = USUAL_DELAYS, startMs = START_MS } = options;
  const random = randomStreams(options.seed);
  const tierOf = new Map(
    scenario.groups.flatMap((group) => keyNames(group).map((name) => [name, group.tier] as const)),
  );
  const heartbeat = new BenchHeartbeat();
  const decisions: Record<string, number> = {};
  // The stage reports to telemetry, which nudges control, which writes to the stage.
  const telemetry: BenchTelemetry = benchTelemetry(options.telemetry ?? { kind: 'streams' }, {
    clock,
    random,
    tierOf,
    startMs,
    delays,
    trouble: options.trouble ?? NO_TROUBLE,
    slowMs: policy.objective.latencyMs,
    meteredMethods: Object.keys(policy.methodCost),
    onNudge: () => controller.tick(),
  });
  const stage = new BenchStage({
    clock,
    baseline,
    tierOf,
    random: random('bench/propagation'),
    delays,
    ...(history && { limits: history.limits }),
    methods: scenario.methods.map(({ verb, path }) => ({ verb, path })),
    onFinished: (requests) => {
      heartbeat.add(requests);
      telemetry.add(requests);
    },
    enforcementSlack: options.enforcementSlack ?? ASSUMPTIONS.enforcementSlack,
  });
  const controller: BenchController<State> = new BenchController({
    clock,
    law,
    policy,
    baseline,
    stage,
    heartbeat,
    state: history?.state,
    tickMs: (options.tickSeconds ?? TICK_SECONDS) * 1000,
    telemetry: () => telemetry,
    keyCounts: keyCountsOf(tierOf.values()),
    onConclusion: (conclusion, atMs) => {
      decisions[conclusion.kind] = (decisions[conclusion.kind] ?? 0) + 1;
      options.onConclusion?.(conclusion, (atMs - startMs) / 1000);
    },
  });
  return { stage, controller, random, decisions };
}

function worldOf<State>(
  { scenario, policy, baseline, watch, door, startMs = START_MS }: LoopOptions<State>,
  { stage, random }: Loop<State>,
  onSecond: (snapshot: SecondSnapshot) => void,
): World {
  const gateway = watch?.(stage) ?? stage;
  return new World({
    scenario,
    startMs,
    gateway: door?.(gateway) ?? gateway,
    keyId: (name) => name,
    random,
    tiers: tierTerms(policy, Object.keys(baseline.tiers)),
    contracts: baseline.tiers,
    onSecond,
  });
}
