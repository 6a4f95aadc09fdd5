import type { Conclusion } from '../law/types.ts';
import type { Limits } from '../limits/limits.ts';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import { jsonBytes, textBytes } from '../platform/json-size.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS } from './items/ceilings.ts';
import { keyText } from './items/key-text.ts';
import { anything, fields, instant, shortText, text } from './items/shape.ts';
import { MOST_JSON_BYTES } from './items/stored.ts';
import { epochText, expiresAt, jsonOf, putItem, queryItems, type Table } from './items/table.ts';

/** Decisions are kept this long. */
const LIFETIME_MS = 90 * 24 * 3_600_000;

/** The result of a decision's stage write. */
export type StageOutcome = 'unchanged' | 'written' | 'not-enforced' | 'mismatch' | 'deferred' | 'refused';

/** The data on which a decision is based, and whether they can be trusted. */
export interface EvidenceNote {
  readonly windows: number;
  /** Start of the newest window. */
  readonly newestMs: EpochMs | undefined;
  /** The result of AWS's own count; absent if the count was not read. */
  readonly heartbeat?: 'traffic' | 'idle' | 'unknown';
  /** Why windows were rejected, each reason once. */
  readonly doubts?: readonly string[];
}

/** A complete decision: reason, limits before and after, policy version, and result. */
export interface Decision extends Conclusion {
  readonly api: string;
  readonly atMs: EpochMs;
  readonly trigger: string;
  /** `paused` if the switch paused control. */
  readonly mode: 'shadow' | 'advise' | 'enforce' | 'paused';
  /** The policy version in force, and the newest version if that was refused. */
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
  /** The limits that were decided; `stageOutcome` and the plan writes say whether they are in force. */
  readonly after: Limits | undefined;
  readonly stageOutcome: StageOutcome;
  readonly evidence: EvidenceNote;
}

/** The fields that must be valid in a stored decision that is recorded later. */
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

/** The version of the decision's format. */
const SCHEMA = 1;

/**
 * Appends a decision; an existing decision is never changed.
 * @param id distinguishes decisions of the same API and instant
 * @returns false when that decision had been recorded before.
 */
export async function recordDecision(table: Table, api: ApiStage, id: string, decision: Decision): Promise<boolean> {
  return await putItem(
    table,
    { pk: `DECISION#${apiStageName(api)}`, sk: `${epochText(decision.atMs)}#${keyText(id)}` },
    {
      schema: SCHEMA,
      kind: decision.kind,
      verdict: decision.verdict,
      rule: decision.rule,
      mode: decision.mode,
      decision: storedText(decision),
      expiresAt: expiresAt(decision.atMs, LIFETIME_MS),
    },
    { condition: 'attribute_not_exists(#pk)', names: ['pk'], values: {} },
  );
}

/** Length of a text in a decision that is too large otherwise. */
const LONGEST_TEXT = 2_000;

/** The decision as JSON: with short texts if it is too large for an item, and also without its limits if it still is. */
function storedText(decision: Decision): string {
  if (jsonBytes(decision) <= MOST_JSON_BYTES) return JSON.stringify(decision);
  const short = JSON.stringify(decision, (_, value: unknown) =>
    typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}… (cut)` : value,
  );
  if (textBytes(short) <= MOST_JSON_BYTES) return short;
  return JSON.stringify({ ...(JSON.parse(short) as Decision), before: undefined, after: undefined });
}

/** The decisions of an API from an instant on, oldest first. */
export async function readDecisions(table: Table, api: ApiStage, fromMs: EpochMs): Promise<Decision[]> {
  const range = { from: epochText(fromMs), to: '~' };
  const items = await queryItems(table, `DECISION#${apiStageName(api)}`, range);
  return items.flatMap((item) => (jsonOf(item, 'decision') as Decision | undefined) ?? []);
}
