import type { Limit } from '../../shared/limits/limit.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { outOfBounds, writtenLimits } from '../faults/judge.ts';
import { CAPACITY_RPS, type Scene } from '../faults/scene.ts';
import type { Item } from '../overlap/cloud-snapshot.ts';
import type { Stage } from './arrange.ts';
import { asOperator, comeToRest, overrideName } from './at-rest.ts';
import { awaitRescue, NO_RESCUE, type Rescue, whyNoRescue } from './rescue.ts';
import { shifted } from './shift.ts';

/** The effect of a damage. `carried on`: cut and kill came in time. `alarmed`: they did not, but alarm and fail-safe came. */
export type Verdict = 'carried on' | 'alarmed' | 'RED';

export interface TamperResult extends Pick<Rescue, 'alarmSeconds' | 'failSafeSeconds'> {
  readonly verdict: Verdict;
  /** Why the cell is red; empty otherwise. */
  readonly complaints: readonly string[];
  /** Seconds from the beginning of the surge until it was braked, and from the kill until it was carried out. */
  readonly brakedSeconds: number | null;
  readonly killedSeconds: number | null;
}

const BRAKED_WITHIN_SECONDS = 60;
const KILLED_WITHIN_SECONDS = 30;
const KILL_FLOOR = { rateRps: 2, burst: 2 } as const;

/** Puts everything back, damages one item, and plays a surge and a kill. */
export async function playDamage(stage: Stage, damaged: Item): Promise<TamperResult> {
  await comeToRest(stage);
  const { scene, snapshotMs } = stage;
  const Item = shifted(damaged, scene.cloud.clock.now() - snapshotMs);
  await asOperator(scene, 'dynamodb', 'PutItem', { TableName: scene.service.stateTable, Item });
  return await playSurgeAndKill(scene);
}

/** The backend loses four fifths of its capacity, an operator kills the API, and whoever carries that out is judged. */
export async function playSurgeAndKill(scene: Scene): Promise<TamperResult> {
  return await new Play(scene).run();
}

class Play {
  private readonly scene: Scene;
  private readonly startMs: EpochMs;

  constructor(scene: Scene) {
    this.scene = scene;
    this.startMs = scene.cloud.clock.now();
  }

  async run(): Promise<TamperResult> {
    const { scene } = this;
    scene.load.capacityRps = CAPACITY_RPS.troubled;
    const brakedSeconds = await this.secondsUntil(() => this.isBraked(), BRAKED_WITHIN_SECONDS);
    const Value = JSON.stringify({ action: 'kill', floor: KILL_FLOOR });
    const kill = { Name: overrideName(scene), Value, Type: 'String', Overwrite: true };
    await asOperator(scene, 'ssm', 'PutParameter', kill);
    const killedSeconds = await this.secondsUntil(() => this.isKilled(), KILLED_WITHIN_SECONDS);
    const isCarriedOn = brakedSeconds !== null && killedSeconds !== null;
    const rescue = isCarriedOn ? NO_RESCUE : await awaitRescue(scene, this.startMs);
    const complaints = [...this.wrongWrites(), ...(isCarriedOn ? [] : missing(brakedSeconds, killedSeconds, rescue))];
    const verdict = complaints.length > 0 ? 'RED' : isCarriedOn ? 'carried on' : 'alarmed';
    const { alarmSeconds, failSafeSeconds } = rescue;
    return { verdict, complaints, brakedSeconds, killedSeconds, alarmSeconds, failSafeSeconds };
  }

  private async secondsUntil(isSo: () => boolean, most: number): Promise<number | null> {
    const { clock } = this.scene.cloud;
    for (let seconds = 1; seconds <= most; seconds++) {
      await clock.runUntil(clock.now() + 1000);
      if (isSo()) return seconds;
    }
    return null;
  }

  /** The stage lets no more through than the backend still bears. */
  private isBraked(): boolean {
    return this.stageLimits().every(({ rateRps }) => rateRps <= CAPACITY_RPS.troubled);
  }

  private isKilled(): boolean {
    const { rateRps, burst } = KILL_FLOOR;
    return this.stageLimits().every((limit) => limit.rateRps <= rateRps && limit.burst <= burst);
  }

  private stageLimits(): readonly Limit[] {
    const { cloud, service } = this.scene;
    return Object.values(cloud.services.apigateway.currentLimits(service.apiId, service.stageName).stage);
  }

  /** Invalid limits that must never be in force. */
  private wrongWrites(): string[] {
    const { limits, complaints } = writtenLimits(this.scene.service, this.scene.record.writes);
    return [...complaints, ...outOfBounds(this.scene, limits)];
  }
}

function missing(braked: number | null, killed: number | null, rescue: Rescue): string[] {
  const why = whyNoRescue(rescue);
  if (why === undefined) return [];
  const what = [
    ...(braked === null ? [`not braked within ${BRAKED_WITHIN_SECONDS} s`] : []),
    ...(killed === null ? [`not killed within ${KILLED_WITHIN_SECONDS} s`] : []),
  ];
  return [`${what.join(', ')}, and ${why}`];
}
