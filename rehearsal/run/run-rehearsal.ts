import type { Fault } from '@tidegate/embedded-aws/faults';
import { FaultInjector, knownOperations, parseFault } from '@tidegate/embedded-aws/faults';
import type { Limits } from '../../shared/limits/limits.ts';
import type { KeyId } from '../../shared/platform/units.ts';
import type { Policy } from '../../shared/policy/schema/policy-schema.ts';
import { CommandError } from '../laptop-command.ts';
import { castFor } from '../world/cast.ts';
import { randomStreams } from '../world/random-streams.ts';
import { type Scenario, scaledScenario, troubleEndOf } from '../world/scenario.ts';
import { RestKeeper } from '../world/scoring/time-to-rest.ts';
import { SLICE_MS, World } from '../world/world.ts';
import type { SecondSnapshot } from '../world/world-snapshot.ts';
import { type DeployedService, describeService, type RehearsalCloud, type WriteCounts } from './deployed-stack.ts';
import { forgetControl } from './forget.ts';
import { DecisionReader, type SeenDecision } from './read-decisions.ts';
import { installPolicy, type PolicyDocument, tierTerms } from './rehearsal-policy.ts';
import { isRestored, type RehearsalReport } from './rehearsal-report.ts';
import { createKeys, deleteKeys } from './tier-keys.ts';

/** Every rehearsal has the same date, so that dates cannot make two runs differ. */
export const EPOCH_MS = Date.UTC(2031, 0, 1);
/** Time after the deploy for its effects to settle. */
const SETTLE_MS = 60_000;
/** Time to create keys and policy; the scenario begins at a round instant. */
const PREPARATION_MS = 300_000;
const DECISIONS_EVERY_SECONDS = 10;

/** One simulated second of a rehearsal, for display. */
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
  /** Replaces the deployed policy; its `api` becomes the deployed API. */
  readonly policy?: PolicyDocument;
  /** Control watches and decides but writes nothing: the story under the deployed limits. */
  readonly isShadow?: boolean;
  /** Faults from the scenario's start on. Default: none. */
  readonly faults?: readonly Fault[];
  /** Deploys the service onto the cloud in real time. Absent if the service is already deployed. */
  readonly deploy?: () => Promise<void>;
  /** Start of the run; null continues from the clock's present. Default `EPOCH_MS`, so that every run has the same date. */
  readonly epochMs?: number | null;
  /** Wall-clock milliseconds, only for `wallSeconds`. */
  readonly wallNowMs: () => number;
  /** Awaited after every simulated second; may display it and slow the run down. */
  readonly onSecond?: (second: RehearsalSecond) => void | Promise<void>;
}

/** Deploys, prepares, plays one scenario against the deployed service in virtual time, and reports. */
export async function runRehearsal(options: RehearsalOptions): Promise<RehearsalReport> {
  const { cloud, seed, scale = 1 } = options;
  const startedWallMs = options.wallNowMs();
  const faults = knownFaults(cloud, options.faults ?? []);
  await options.deploy?.();
  const { epochMs = EPOCH_MS } = options;
  if (epochMs !== null) await forgetControl(cloud.aws, await describeService(cloud.aws));
  await cloud.clock.goVirtual(SETTLE_MS, epochMs ?? undefined);
  const preparedMs = cloud.clock.now() + PREPARATION_MS;
  cloud.aws.reseed(seed);
  const service = await describeService(cloud.aws);
  const scenario = castFor(scaledScenario(options.scenario, scale), Object.keys(service.tiers));
  const policy = await installPolicy(cloud.aws, service, {
    scale,
    document: options.policy,
    isShadow: options.isShadow,
  });
  const keyIds = await createKeys(cloud, service, scenario);
  await cloud.clock.runUntil(nextMinute(Math.max(preparedMs, cloud.clock.now())));
  const injector = injectFaults(cloud, faults);
  const run = new ScenarioRun(options, { service, scenario, policy, keyIds });
  await playToTheEnd(run, cloud);
  const findings = run.findings();
  const struck = injector.struck.map((each) => ({ fault: each.fault.text, struck: each.struck }));
  injector.clear();
  await deleteKeys(cloud, keyIds);
  return {
    ...findings,
    ...(struck.length > 0 && { faults: struck }),
    wallSeconds: (options.wallNowMs() - startedWallMs) / 1000,
  };
}

/** @throws CommandError if the service was removed meanwhile */
async function playToTheEnd(run: ScenarioRun, { aws }: RehearsalCloud): Promise<void> {
  try {
    await run.play();
  } catch (error) {
    const isDeployed = await describeService(aws).then(
      () => true,
      () => false,
    );
    if (isDeployed) throw error;
    throw new CommandError('The service was removed while the incident was played. Fix: run the command again.');
  }
}

/** @throws FaultSpecError for an unknown service or operation, before the deploy */
function knownFaults({ aws }: RehearsalCloud, faults: readonly Fault[]): Fault[] {
  const known = knownOperations(aws);
  return faults.map(({ text }) => parseFault(text, known));
}

function injectFaults({ aws }: RehearsalCloud, faults: readonly Fault[]): FaultInjector {
  const injector = new FaultInjector(aws);
  injector.add(...faults);
  // Without faults the interceptor stays unchanged.
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

/** Plays the scenario itself and counts during it. */
class ScenarioRun {
  private readonly options: RehearsalOptions;
  private readonly prepared: Prepared;
  private readonly world: World;
  private readonly reader: DecisionReader;
  private readonly rest: RestKeeper;
  private readonly writesBefore: WriteCounts;
  private readonly startMs: number;
  private readonly decisionKinds = new Map<string, number>();
  private snapshot: SecondSnapshot | undefined;
  private limitsAtOnset: Limits | undefined;
  private lastWriteSecond = 0;
  private writesSeen = 0;
  private failure: Error | undefined;

  constructor(options: RehearsalOptions, prepared: Prepared) {
    const { cloud, seed } = options;
    const { service, scenario, policy, keyIds } = prepared;
    this.options = options;
    this.prepared = prepared;
    this.startMs = cloud.clock.now();
    this.reader = new DecisionReader(cloud.aws, service);
    this.rest = new RestKeeper({ stage: service.stageLimit, tiers: service.tiers }, troubleEndOf(scenario));
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

  /** @throws whatever ended the story before its time */
  async play(): Promise<void> {
    const { clock } = this.options.cloud;
    const { durationSeconds, onsetSeconds } = this.prepared.scenario;
    await this.reader.takeNew(); // Decisions before the scenario do not count.
    const stop = clock.every(SLICE_MS, 0, () => this.advanceWorld(clock.now()));
    for (let second = 0; second < durationSeconds; second++) {
      if (second >= onsetSeconds) this.limitsAtOnset ??= this.limits();
      await clock.runUntil(this.startMs + (second + 1) * 1000);
      if (this.failure) throw this.failure;
      await this.closeSecond(second, second + 1 === durationSeconds);
    }
    stop();
  }

  /** A failure here ends the play; thrown in scheduled work, it would only be reported. */
  private advanceWorld(nowMs: number): void {
    if (this.failure) return;
    try {
      this.world.advance(nowMs);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  findings(): Omit<RehearsalReport, 'wallSeconds' | 'faults'> {
    const { scenario } = this.prepared;
    const atEnd = this.limits();
    const restored = isRestored(this.limitsAtOnset ?? atEnd, atEnd);
    const secondsToRest = this.rest.secondsToRest();
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
      ...(secondsToRest !== undefined && { secondsToRest }),
    };
  }

  private async closeSecond(second: number, isLast: boolean): Promise<void> {
    const looks = isLast || (second + 1) % DECISIONS_EVERY_SECONDS === 0;
    const decisions = looks ? await this.reader.takeNew() : [];
    for (const { kind } of decisions) this.decisionKinds.set(kind, (this.decisionKinds.get(kind) ?? 0) + 1);
    const writes = this.writes();
    if (writes.stageWrites + writes.planWrites > this.writesSeen) this.lastWriteSecond = second + 1;
    this.writesSeen = writes.stageWrites + writes.planWrites;
    if (!this.snapshot) return;
    const limits = this.limits();
    this.rest.see(this.snapshot, limits);
    await this.options.onSecond?.({ snapshot: this.snapshot, limits, writes, decisions });
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
