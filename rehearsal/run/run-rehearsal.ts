import type { Fault } from '@tidegate/embedded-aws/faults';
import { FaultInjector, knownOperations, parseFault } from '@tidegate/embedded-aws/faults';
import type { Limits } from '../../shared/limits/limits.ts';
import type { KeyId } from '../../shared/platform/units.ts';
import type { Policy } from '../../shared/policy/schema/policy-schema.ts';
import { randomStreams } from '../world/random-streams.ts';
import { type Scenario, scaledScenario } from '../world/scenario.ts';
import { SLICE_MS, World } from '../world/world.ts';
import type { SecondSnapshot } from '../world/world-snapshot.ts';
import { type DeployedService, describeService, type RehearsalCloud, type WriteCounts } from './deployed-stack.ts';
import { forgetControl } from './forget.ts';
import { DecisionReader, type SeenDecision } from './read-decisions.ts';
import { installPolicy, type PolicyDocument, tierTerms } from './rehearsal-policy.ts';
import { isRestored, type RehearsalReport } from './rehearsal-report.ts';
import { createKeys, deleteKeys } from './tier-keys.ts';

/** Every rehearsal happens at the same time: what depends on the date must not make two runs differ. */
export const EPOCH_MS = Date.UTC(2031, 0, 1);
/** After the deploy, what it set in motion may come to rest. */
const SETTLE_MS = 60_000;
/** Keys and policy are in place long before; the scenario begins on a round instant. */
const PREPARATION_MS = 300_000;
const DECISIONS_EVERY_SECONDS = 10;

/** One simulated second of a rehearsal, for whoever watches. */
export interface RehearsalSecond {
  readonly snapshot: SecondSnapshot;
  readonly limits: Limits;
  readonly writes: WriteCounts;
  /** Decisions that became known in this second, oldest first. */
  readonly decisions: readonly SeenDecision[];
}

export interface RehearsalOptions {
  readonly cloud: RehearsalCloud;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Multiplies demand and capacity; the service must have been deployed with its limits multiplied alike. Default 1. */
  readonly scale?: number;
  /** Instead of the deployed policy; its `api` is replaced by the deployed one. */
  readonly policy?: PolicyDocument;
  /** What is to go wrong from the scenario's beginning on. Default: nothing. */
  readonly faults?: readonly Fault[];
  /** Deploys the service onto the cloud, which still runs by itself. Absent: it is there already. */
  readonly deploy?: () => Promise<void>;
  /** When the run begins; null goes on from the clock's present. Default `EPOCH_MS`, so that every run has one date. */
  readonly epochMs?: number | null;
  /** Milliseconds of the wall, for `wallSeconds` alone. */
  readonly wallNowMs: () => number;
  /** Awaited after every simulated second: may watch, and may slow the run down. */
  readonly onSecond?: (second: RehearsalSecond) => void | Promise<void>;
}

/** Deploys, prepares, plays one scenario against the deployed service in virtual time, and reports. */
export async function runRehearsal(options: RehearsalOptions): Promise<RehearsalReport> {
  const { cloud, seed, scale = 1 } = options;
  const startedWallMs = options.wallNowMs();
  await options.deploy?.();
  const { epochMs = EPOCH_MS } = options;
  if (epochMs !== null) await forgetControl(cloud.aws, await describeService(cloud.aws));
  await cloud.clock.goVirtual(SETTLE_MS, epochMs ?? undefined);
  const preparedMs = cloud.clock.now() + PREPARATION_MS;
  cloud.aws.reseed(seed);
  const service = await describeService(cloud.aws);
  const scenario = scaledScenario(options.scenario, scale);
  const policy = await installPolicy(cloud.aws, service, scale, options.policy);
  const keyIds = await createKeys(cloud, service, scenario);
  await cloud.clock.runUntil(nextMinute(Math.max(preparedMs, cloud.clock.now())));
  const injector = injectFaults(cloud, options.faults ?? []);
  const run = new ScenarioRun(options, { service, scenario, policy, keyIds });
  await run.play();
  const findings = run.findings();
  const faults = injector.struck.map(({ fault, struck }) => ({ fault: fault.text, struck }));
  injector.clear();
  await deleteKeys(cloud, keyIds);
  return {
    ...findings,
    ...(faults.length > 0 && { faults }),
    wallSeconds: (options.wallNowMs() - startedWallMs) / 1000,
  };
}

/** @throws FaultSpecError for a service or an operation that is not there. */
function injectFaults({ aws }: RehearsalCloud, faults: readonly Fault[]): FaultInjector {
  const injector = new FaultInjector(aws);
  const known = knownOperations(aws);
  injector.add(...faults.map(({ text }) => parseFault(text, known)));
  // The door stays as it was for those who put in nothing.
  if (faults.length > 0) aws.setInterceptor(injector.intercept);
  return injector;
}

const nextMinute = (nowMs: number): number => Math.ceil(nowMs / 60_000) * 60_000;

interface Prepared {
  readonly service: DeployedService;
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly keyIds: ReadonlyMap<string, KeyId>;
}

/** The scenario's own time, and what is counted in it. */
class ScenarioRun {
  private readonly options: RehearsalOptions;
  private readonly prepared: Prepared;
  private readonly world: World;
  private readonly reader: DecisionReader;
  private readonly writesBefore: WriteCounts;
  private readonly startMs: number;
  private readonly decisionKinds = new Map<string, number>();
  private snapshot: SecondSnapshot | undefined;
  private limitsAtOnset: Limits | undefined;
  private lastWriteSecond = 0;
  private writesSeen = 0;

  constructor(options: RehearsalOptions, prepared: Prepared) {
    const { cloud, seed } = options;
    const { service, scenario, policy, keyIds } = prepared;
    this.options = options;
    this.prepared = prepared;
    this.startMs = cloud.clock.now();
    this.reader = new DecisionReader(cloud.aws, service);
    this.writesBefore = cloud.gateway.writeCounts();
    this.world = new World({
      scenario,
      startMs: this.startMs,
      gateway: cloud.gateway.trafficPort(service.apiId, service.stageName),
      keyId: (name) => keyIds.get(name) ?? name,
      random: randomStreams(seed),
      tiers: tierTerms(policy, Object.keys(service.tiers)),
      contracts: service.tiers,
      onSecond: (snapshot) => {
        this.snapshot = snapshot;
      },
    });
  }

  async play(): Promise<void> {
    const { clock } = this.options.cloud;
    const { durationSeconds, onsetSeconds } = this.prepared.scenario;
    await this.reader.takeNew(); // What was decided before the scenario is not counted.
    const stop = clock.every(SLICE_MS, 0, () => this.world.advance(clock.now()));
    for (let second = 0; second < durationSeconds; second++) {
      if (second >= onsetSeconds) this.limitsAtOnset ??= this.limits();
      await clock.runUntil(this.startMs + (second + 1) * 1000);
      await this.closeSecond(second, second + 1 === durationSeconds);
    }
    stop();
  }

  findings(): Omit<RehearsalReport, 'wallSeconds' | 'faults'> {
    const { scenario } = this.prepared;
    const atEnd = this.limits();
    const restored = isRestored(this.limitsAtOnset ?? atEnd, atEnd);
    const kinds = [...this.decisionKinds].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      scenario: scenario.name,
      seed: this.options.seed,
      simulatedSeconds: scenario.durationSeconds,
      ...this.world.scores(),
      ...this.writes(),
      decisions: Object.fromEntries(kinds),
      restored,
      secondsToRestore: restored ? Math.max(0, this.lastWriteSecond - scenario.surgeEndSeconds) : null,
    };
  }

  private async closeSecond(second: number, isLast: boolean): Promise<void> {
    const looks = isLast || (second + 1) % DECISIONS_EVERY_SECONDS === 0;
    const decisions = looks ? await this.reader.takeNew() : [];
    for (const { kind } of decisions) this.decisionKinds.set(kind, (this.decisionKinds.get(kind) ?? 0) + 1);
    const writes = this.writes();
    if (writes.stageWrites + writes.planWrites > this.writesSeen) this.lastWriteSecond = second + 1;
    this.writesSeen = writes.stageWrites + writes.planWrites;
    if (this.snapshot)
      await this.options.onSecond?.({ snapshot: this.snapshot, limits: this.limits(), writes, decisions });
  }

  private limits(): Limits {
    return this.options.cloud.gateway.limitsInForce(this.prepared.service);
  }

  private writes(): WriteCounts {
    const now = this.options.cloud.gateway.writeCounts();
    const before = this.writesBefore;
    return {
      stageWrites: now.stageWrites - before.stageWrites,
      planWrites: now.planWrites - before.planWrites,
      rejectedWrites: now.rejectedWrites - before.rejectedWrites,
    };
  }
}
