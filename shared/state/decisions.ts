import type { Conclusion } from '../control/types.ts';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs, Limits } from '../platform/units.ts';
import { epochText, expiresAt, putItem, type Table } from './table.ts';

/** Decisions are kept this long. */
const LIFETIME_MS = 90 * 24 * 3_600_000;

/** What became of the stage write of a decision. */
export type StageOutcome = 'unchanged' | 'written' | 'not-enforced' | 'mismatch' | 'deferred' | 'refused';

/** What a decision rests on, and how far that is to be trusted. */
export interface EvidenceNote {
  readonly windows: number;
  /** Start of the newest window. */
  readonly newestMs: EpochMs | undefined;
  /** What AWS's own count said; absent where nobody asked. */
  readonly heartbeat?: 'traffic' | 'idle' | 'unknown';
  /** Why windows were not believed, each reason once. */
  readonly doubts?: readonly string[];
}

/** One decision, whole: why, from what, to what, under which policy, and what came of it. */
export interface Decision extends Conclusion {
  readonly api: string;
  readonly atMs: EpochMs;
  readonly trigger: string;
  /** `paused` when the switch held everything still. */
  readonly mode: 'shadow' | 'advise' | 'enforce' | 'paused';
  readonly policy: { readonly name: string; readonly version: number };
  readonly before: Limits | undefined;
  /** What was decided; in force only as far as `stageOutcome` and the plan writes say. */
  readonly after: Limits | undefined;
  readonly stageOutcome: StageOutcome;
  readonly evidence: EvidenceNote;
}

/**
 * Appends a decision; one that exists is never changed.
 * @param id distinguishes decisions of the same API and instant
 * @returns false when that decision had been recorded before.
 */
export async function recordDecision(table: Table, api: ApiStage, id: string, decision: Decision): Promise<boolean> {
  return await putItem(
    table,
    { pk: `DECISION#${apiStageName(api)}`, sk: `${epochText(decision.atMs)}#${id}` },
    {
      kind: decision.kind,
      verdict: decision.verdict,
      rule: decision.rule,
      mode: decision.mode,
      decision: JSON.stringify(decision),
      expiresAt: expiresAt(decision.atMs, LIFETIME_MS),
    },
    { condition: 'attribute_not_exists(#pk)', names: ['pk'], values: {} },
  );
}
