import { ACCOUNT_ID, DEVELOPER } from '@tidegate/embedded-aws/kernel';
import { everyItem } from '../../rehearsal/run/items.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { epochText } from '../../shared/state/items/table.ts';
import { outOfBounds, unaccounted, writtenLimits } from '../faults/judge.ts';
import type { CallRecord, LimitWrite } from '../faults/record.ts';
import { readDecisions } from '../faults/recorded-decisions.ts';
import type { Scene } from '../faults/scene.ts';

export type Audited = Pick<Scene, 'cloud' | 'service' | 'policy'> & { readonly record: CallRecord };

/** The result of one hour. */
export interface HourAudit {
  readonly writes: number;
  readonly decisions: number;
  readonly outOfBounds: readonly string[];
  readonly unaccounted: readonly string[];
  readonly stuckMessages: readonly string[];
  /** Minutes at the hour's faultless end without a decision. */
  readonly silentMinutes: number;
}

const MINUTE_MS = 60_000;
/** How much older a decision may be than the plan write that it explains. */
const REACH_MS = 15 * MINUTE_MS;
/** Writes younger than this may wait for a record that the next tick makes good. */
const UNSETTLED_MS = 3 * MINUTE_MS;
const FAULTLESS_MINUTES = 5;
/** A wake-up is received, and returned at most twice, well within this time. */
const OLDEST_MESSAGE_MS = 10 * MINUTE_MS;
/** What failed for good under the faults; its alarm is for those who run a real one. */
const DEAD_LETTERS = 'tidegate-dev-dead-letters';
const QUEUES = ['tidegate-dev-plan-writes', 'tidegate-dev-looks', 'tidegate-dev-fail-safe'] as const;

/** Audits the items written since the last audit, and removes them. */
export class Auditor {
  private readonly scene: Audited;
  private sinceMs: EpochMs;
  private pending: readonly LimitWrite[] = [];

  constructor(scene: Audited, sinceMs: EpochMs) {
    this.scene = scene;
    this.sinceMs = sinceMs;
  }

  async audit(isLast: boolean): Promise<HourAudit> {
    const { scene } = this;
    const nowMs = scene.cloud.clock.now();
    const taken = [...this.pending, ...scene.record.takeWrites()];
    const settledMs = isLast ? nowMs : nowMs - UNSETTLED_MS;
    this.pending = taken.filter(({ atMs }) => atMs > settledMs);
    const writes = taken.filter(({ atMs }) => atMs <= settledMs);
    const decisions = await readDecisions(scene, this.sinceMs - REACH_MS);
    const { limits, complaints } = writtenLimits(scene.service, writes);
    const hour: HourAudit = {
      writes: writes.length,
      decisions: decisions.filter(({ atMs }) => atMs > this.sinceMs).length,
      outOfBounds: [...complaints, ...outOfBounds(scene, limits)],
      unaccounted: unaccounted(scene, limits, decisions),
      stuckMessages: this.stuckMessages(nowMs),
      silentMinutes: silentMinutes(decisions, nowMs),
    };
    await this.archive(this.sinceMs - REACH_MS);
    this.sinceMs = settledMs;
    return hour;
  }

  private stuckMessages(nowMs: number): string[] {
    const { sqs } = this.scene.cloud.services;
    return QUEUES.flatMap((name) => {
      const ageMs = sqs.oldestAgeMs(name, nowMs);
      return ageMs > OLDEST_MESSAGE_MS ? [`${name}: ${Math.round(ageMs / 1000)} s old`] : [];
    });
  }

  /** Decisions are kept for 90 days, dead letters for 14: what was looked at is taken away, so that what still grows is a leak. */
  private async archive(beforeMs: EpochMs): Promise<void> {
    const { cloud, service } = this.scene;
    await cloud.aws.call(DEVELOPER, 'sqs', 'PurgeQueue', {
      QueueUrl: `${cloud.endpoint}/${ACCOUNT_ID}/${DEAD_LETTERS}`,
    });
    const TableName = service.stateTable;
    const items = await everyItem<{ pk: object; sk: object }>(cloud.aws, 'Query', {
      TableName,
      KeyConditionExpression: 'pk = :pk AND sk < :before',
      ExpressionAttributeValues: {
        ':pk': { S: `DECISION#${service.apiId}/${service.stageName}` },
        ':before': { S: epochText(beforeMs) },
      },
    });
    for (const { pk, sk } of items) {
      await cloud.aws.call(DEVELOPER, 'dynamodb', 'DeleteItem', { TableName, Key: { pk, sk } });
    }
  }
}

function silentMinutes(decisions: readonly { readonly atMs: EpochMs }[], nowMs: number): number {
  let silent = 0;
  for (let minute = 1; minute <= FAULTLESS_MINUTES; minute++) {
    const fromMs = nowMs - minute * MINUTE_MS;
    if (!decisions.some(({ atMs }) => atMs >= fromMs && atMs < fromMs + MINUTE_MS)) silent++;
  }
  return silent;
}
