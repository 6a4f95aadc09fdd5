import { knownOperations, parseFault } from '@tidegate/embedded-aws/faults';
import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import type { PackagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { functionName } from '../../rehearsal/run/deployed-stack.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import { type Cell, isContent, type Phase } from './cells.ts';
import type { Provocation } from './fault-dependencies.ts';
import { outOfBounds, unaccounted, writtenLimits } from './judge.ts';
import { readDecisions } from './recorded-decisions.ts';
import { isRecovered, type Recovery, stuckMessages } from './recovery.ts';
import { CAPACITY_RPS, openScene, type Scene } from './scene.ts';

export type Verdict = 'held' | 'moved safely' | 'recovered' | 'RED';

export interface CellResult extends Omit<Cell, 'faults'> {
  readonly verdict: Verdict;
  /** Why the cell is red; empty otherwise. */
  readonly complaints: readonly string[];
  /** The faults as `rehearse --fault` takes them. */
  readonly faults: readonly string[];
  readonly struck: number;
  /** From the end of the fault until limits were what the law desires again, seconds. */
  readonly recoverySeconds: number | null;
  /** Limits written while the fault lasted. */
  readonly writes: number;
  /** Requests that limits refused in a calm, while the fault lasted and until the loop was itself again. */
  readonly refusedInCalm: number;
  /** Scheduled minutes of the fault without a decision, or with a blind one only. */
  readonly missedMinutes: number;
}

/** Seconds since the scene was opened. */
interface Timeline {
  readonly troubleAt?: number;
  readonly troubleUntil?: number;
  readonly faultAt: number;
  /** The fault waits for the stage to be raised, though no longer than until then. */
  readonly raisedUntil?: number;
}

const TIMELINES: Readonly<Record<Phase, Timeline>> = {
  calm: { faultAt: 75 },
  // The loop is about to brake.
  tightening: { troubleAt: 70, faultAt: 85 },
  // What was drained is raised at once; later than that the law climbs back.
  relaxing: { troubleAt: 70, troubleUntil: 120, faultAt: 125, raisedUntil: 600 },
};
const FAULT_SECONDS = 120;
const DOWN_SECONDS = 3600;
/** Most time the loop may take to be itself again. */
const RECOVERY_SECONDS = 300;
const STEP_SECONDS = 5;
/** So long after a fault even a lease that a dead function held has run out. */
const AFTERMATH_MS = 100_000;
const MINUTE_MS = 60_000;
/** In an hour's outage clients are there for its first and last minutes, and between for one minute in fifteen. */
const PRESENT_MINUTES = 3;
const PULSE_MINUTES = 15;

/** Plays one cell of the matrix, and judges it. */
export async function playCell(stack: PackagedStack, cell: Cell, provocation?: Provocation): Promise<CellResult> {
  const scene = await openScene(stack);
  try {
    return await new CellPlay(scene, cell, provocation).run();
  } finally {
    await scene.cloud.close();
  }
}

class CellPlay {
  private readonly scene: Scene;
  private readonly cell: Cell;
  private readonly provocation: Provocation | undefined;
  private readonly startMs: number;
  private faultFromMs = 0;
  private faultToMs = 0;

  constructor(scene: Scene, cell: Cell, provocation: Provocation | undefined) {
    this.scene = scene;
    this.cell = cell;
    this.provocation = provocation;
    this.startMs = scene.cloud.clock.now();
  }

  async run(): Promise<CellResult> {
    const { cloud, injector } = this.scene;
    this.arrange();
    const lastsSeconds = this.cell.kind === 'down for an hour' ? DOWN_SECONDS : FAULT_SECONDS;
    const faults = this.cell.faults.map((fault) => `${fault}@0s..${lastsSeconds}s`);
    injector.watch(...faults.map((text) => parseFault(text, knownOperations(cloud.aws))));
    await this.reachPhase();
    this.faultFromMs = cloud.clock.now();
    this.faultToMs = this.faultFromMs + lastsSeconds * 1000;
    injector.start();
    this.sendClientsAway();
    await this.provoke();
    const refusedBefore = this.scene.load.refused;
    await cloud.clock.runUntil(this.faultToMs);
    const recovery = await this.recover();
    const decisions = await readDecisions(this.scene, this.startMs);
    const refusedInCalm = this.cell.phase === 'calm' ? this.scene.load.refused - refusedBefore : 0;
    const complaints = await this.complaints(decisions, recovery, refusedInCalm);
    const writes = this.scene.record.writes.filter(({ atMs, by }) => by !== 'developer' && this.isInFault(atMs)).length;
    const missedMinutes = this.missedMinutes(decisions);
    return {
      ...this.cell,
      faults,
      struck: this.scene.injector.struck.reduce((sum, { struck }) => sum + struck, 0),
      recoverySeconds: recovery.atMs === undefined ? null : (recovery.atMs - this.faultToMs) / 1000,
      writes,
      refusedInCalm,
      missedMinutes,
      complaints,
      verdict: verdictOf(complaints.length, missedMinutes, writes),
    };
  }

  private arrange(): void {
    const { clock } = this.scene.cloud;
    const { troubleAt, troubleUntil } = TIMELINES[this.cell.phase];
    const bears = (capacityRps: number, seconds: number | undefined) => {
      if (seconds === undefined) return;
      clock.after(seconds * 1000, () => {
        this.scene.load.capacityRps = capacityRps;
      });
    };
    bears(CAPACITY_RPS.troubled, troubleAt);
    bears(CAPACITY_RPS.normal, troubleUntil);
  }

  private async reachPhase(): Promise<void> {
    const { clock } = this.scene.cloud;
    const { faultAt, raisedUntil = faultAt } = TIMELINES[this.cell.phase];
    await clock.runUntil(this.startMs + faultAt * 1000);
    let beforeRps = this.stageRps();
    while (clock.now() < this.startMs + raisedUntil * 1000 && this.stageRps() <= beforeRps) {
      beforeRps = this.stageRps();
      await clock.runUntil(clock.now() + 1000);
    }
  }

  private stageRps(): number {
    const { cloud, service } = this.scene;
    const { stage } = cloud.services.apigateway.currentLimits(service.apiId, service.stageName);
    return Object.values(stage)[0]?.rateRps ?? 0;
  }

  private sendClientsAway(): void {
    const { clock } = this.scene.cloud;
    clock.every(MINUTE_MS, this.faultFromMs % MINUTE_MS, () => {
      const minute = (clock.now() - this.faultFromMs) / MINUTE_MS;
      const isLongOutage = minute >= PRESENT_MINUTES && clock.now() < this.faultToMs - PRESENT_MINUTES * MINUTE_MS;
      this.scene.load.isAway = isLongOutage && minute % PULSE_MINUTES !== 0;
    });
  }

  /** What makes the loop need the dependency while it is at fault. */
  private async provoke(): Promise<void> {
    const { aws, clock } = this.scene.cloud;
    const call = (service: string, operation: string, input: object) =>
      aws.call(DEVELOPER, service, operation, input).then(() => undefined);
    const act = {
      'cold control': () =>
        call('lambda', 'UpdateFunctionConfiguration', { FunctionName: functionName('control'), Description: 'Cold.' }),
      'key directory': () =>
        call('lambda', 'Invoke', { FunctionName: functionName('keyDirectory'), InvocationType: 'Event' }),
      alarm: () =>
        call('monitoring', 'SetAlarmState', {
          AlarmName: functionName('backend-latency'),
          StateValue: 'ALARM',
          StateReason: 'Provoked.',
        }),
    };
    if (!this.provocation) return;
    await act[this.provocation]();
    clock.after(MINUTE_MS, act[this.provocation]);
  }

  private async recover(): Promise<Recovery> {
    const { clock } = this.scene.cloud;
    for (let waited = 0; waited < RECOVERY_SECONDS; waited += STEP_SECONDS) {
      await clock.runUntil(clock.now() + STEP_SECONDS * 1000);
      if (await isRecovered(this.scene, this.faultToMs)) return { atMs: clock.now() };
    }
    return { atMs: undefined };
  }

  private async complaints(decisions: readonly Decision[], recovery: Recovery, refused: number): Promise<string[]> {
    const { scene, cell } = this;
    const { limits, complaints } = writtenLimits(scene.service, scene.record.writes);
    return [
      ...complaints,
      ...outOfBounds(scene, limits),
      ...unaccounted(scene, limits, decisions),
      ...this.silentMinutes(decisions),
      ...(await stuckMessages(scene)),
      ...(recovery.atMs === undefined ? [`not itself ${RECOVERY_SECONDS} s after the fault`] : []),
      ...(refused > 0 && !isContent(cell.kind) ? [`${refused} requests refused without need`] : []),
      ...scene.failures.map((failure) => `the embedded AWS failed: ${String(failure)}`),
      ...(scene.injector.struck.every(({ struck }) => struck === 0) ? ['the fault struck nothing'] : []),
    ];
  }

  /** Every minute that the fault cannot have spoiled has its decision. */
  private silentMinutes(decisions: readonly Decision[]): string[] {
    const untilMs = this.scene.cloud.clock.now();
    const silent: string[] = [];
    for (let fromMs = this.startMs; fromMs + MINUTE_MS <= untilMs; fromMs += MINUTE_MS) {
      const toMs = fromMs + MINUTE_MS;
      const isSpoiled = toMs > this.faultFromMs && fromMs < this.faultToMs + AFTERMATH_MS;
      if (isSpoiled || decisions.some(({ atMs }) => atMs >= fromMs && atMs < toMs)) continue;
      silent.push(`no decision in second ${(fromMs - this.startMs) / 1000} to ${(toMs - this.startMs) / 1000}`);
    }
    return silent;
  }

  private missedMinutes(decisions: readonly Decision[]): number {
    const sound = decisions.filter(({ verdict }) => verdict !== 'blind');
    let missed = 0;
    for (let fromMs = this.faultFromMs; fromMs < this.faultToMs; fromMs += MINUTE_MS) {
      if (!sound.some(({ atMs }) => atMs >= fromMs && atMs < fromMs + MINUTE_MS)) missed++;
    }
    return missed;
  }

  private isInFault(atMs: number): boolean {
    return atMs >= this.faultFromMs && atMs < this.faultToMs;
  }
}

function verdictOf(complaints: number, missedMinutes: number, writes: number): Verdict {
  if (complaints > 0) return 'RED';
  if (missedMinutes > 0) return 'recovered';
  return writes > 0 ? 'moved safely' : 'held';
}
