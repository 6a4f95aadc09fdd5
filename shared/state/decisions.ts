import type { Conclusion } from '../law/types.ts';
import type { Limits } from '../limits/limits.ts';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS } from './items/ceilings.ts';
import { anything, fields, instant, shortText, text } from './items/shape.ts';
import { epochText, expiresAt, jsonOf, putItem, queryItems, type Table } from './items/table.ts';

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
  /** The version in force, and the newest one where that was refused. */
  readonly policy: {
    readonly name: string;
    readonly version: number;
    readonly refused?: { readonly version: number; readonly why: string };
  };
  /** The override parameter of the API, where there is one. */
  readonly override?: {
    readonly action: string;
    readonly version: number;
    readonly sinceMs: EpochMs;
    readonly by?: string;
    readonly isOverdue: boolean;
    readonly refused?: { readonly version: number; readonly why: string };
  };
  readonly before: Limits | undefined;
  /** What was decided; in force only as far as `stageOutcome` and the plan writes say. */
  readonly after: Limits | undefined;
  readonly stageOutcome: StageOutcome;
  readonly evidence: EvidenceNote;
}

/** What must be right of a decision that is read back to be recorded after all. */
export const decisionShape = (now: EpochMs) =>
  fields({
    ...{
      kind: shortText,
      verdict: shortText,
      rule: shortText,
      reason: text,
      mode: shortText,
      api: shortText,
      trigger: shortText,
    },
    atMs: instant(now, CEILING_MS.past),
    policy: anything,
    evidence: anything,
  });

/** The version of the form of a decision. */
const SCHEMA = 1;

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
      schema: SCHEMA,
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

/** The decisions of an API between two instants, both included, oldest first. */
export async function readDecisions(table: Table, api: ApiStage, fromMs: EpochMs, toMs: EpochMs): Promise<Decision[]> {
  const range = { from: epochText(fromMs), to: `${epochText(toMs)}#~` };
  const items = await queryItems(table, `DECISION#${apiStageName(api)}`, range);
  return items.flatMap((item) => (jsonOf(item, 'decision') as Decision | undefined) ?? []);
}
