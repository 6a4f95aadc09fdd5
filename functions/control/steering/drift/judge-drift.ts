import { bounded } from '../../../../shared/limits/bounds.ts';
import type { Limit } from '../../../../shared/limits/limit.ts';
import { isSameLimit } from '../../../../shared/limits/limit.ts';
import { isMethodKey, STAGE_DEFAULT } from '../../../../shared/limits/method-key.ts';
import type { EpochMs } from '../../../../shared/platform/units.ts';
import type { DriftAction } from '../../../../shared/policy/schema/drift-schema.ts';
import type { Drift, DriftRecord } from '../../../../shared/state/drift-record.ts';
import { causeOf, isExplainedLater } from './drift-cause.ts';
import type { DriftInput } from './drift-input.ts';
import { inForce, partsOf } from './drift-names.ts';

/** Something about a limit's drift that is worth a decision of its own. */
export interface DriftNote {
  readonly event: 'found' | 'explained' | 'held-long-enough' | 'resumed' | 'gone';
  readonly name: string;
  readonly drift: Drift;
}

export interface DriftFindings {
  readonly record: DriftRecord;
  readonly notes: readonly DriftNote[];
}

type Draft = { -readonly [Key in keyof DriftRecord]: DriftRecord[Key] };

/** Compares every limit with what it should be by what we know, and says what came of the differences. Pure. */
export function examine(input: DriftInput): DriftFindings {
  const { record, baseline } = input;
  const before = record.drift ?? { known: {}, open: {}, baseline, adopted: {}, adoptedMs: 0 };
  const isNewBaseline = JSON.stringify(before.baseline) !== JSON.stringify(baseline);
  const draft: Draft = { ...before, baseline, adopted: isNewBaseline ? {} : before.adopted };
  const notes: DriftNote[] = [];
  for (const name of namesOf(input, before)) {
    const live = inForce(name, input.live);
    if (!live) continue;
    const note = examineOne({ ...input, isNewBaseline }, draft, name, live, expectedOf(name, input, before.known));
    if (note) notes.push(note);
  }
  return { record: draft, notes };
}

function examineOne(
  input: DriftInput & { readonly isNewBaseline: boolean },
  draft: Draft,
  name: string,
  live: Limit,
  expected: Limit | undefined,
): DriftNote | undefined {
  const { now } = input;
  const standing = draft.open[name];
  if (!expected) {
    draft.known = { ...draft.known, [name]: { limit: live, atMs: now } };
    return undefined;
  }
  const isKnown = standing !== undefined && isSameLimit(standing.after, live);
  // Of a held limit we mean nothing: what we desire is what we found.
  const isOurs = isMeant(name, live, input) && !(isKnown && standing.action === 'hold');
  const isExpected = isSameLimit(live, expected);
  if (isExpected || isOurs) return asItShouldBe(draft, name, isExpected ? undefined : live, now);
  const note = isKnown ? goneOn(input, name, standing) : found(input, name, expected, live);
  if (!note) return undefined;
  settle(draft, note, input);
  return note;
}

/** @param arrived what we meant to write without knowing that it arrived */
function asItShouldBe(draft: Draft, name: string, arrived: Limit | undefined, now: EpochMs): DriftNote | undefined {
  const standing = draft.open[name];
  if (arrived) draft.known = { ...draft.known, [name]: { limit: arrived, atMs: now } };
  if (!standing) return undefined;
  draft.open = without(draft.open, name);
  return standing.action === 'hold' ? { event: 'gone', name, drift: standing } : undefined;
}

/** A difference that was not there at the last look. */
function found(
  input: DriftInput & { readonly isNewBaseline: boolean },
  name: string,
  before: Limit,
  after: Limit,
): DriftNote {
  const { record, policy, now } = input;
  const afterMs = record.law?.lookedMs ?? 0;
  const cause = causeOf(name, after, afterMs, input);
  const action = actionOn(input, name, cause.kind);
  const untilMs = now + policy.drift.holdSeconds * 1000;
  return { event: 'found', name, drift: { ...cause, before, after, action, afterMs, foundMs: now, untilMs } };
}

/**
 * What the operator's brake rules is written again, and so is what was changed while the switch held everything: turning
 * it back is the operator's resume. Where we do not enforce, others' limits are simply what is.
 */
function actionOn({ policy, isRuled, record }: DriftInput, name: string, kind: Drift['kind']): DriftAction {
  const wasPaused = record.pausedMs > (record.law?.lookedMs ?? 0);
  if (isRuled(name) || wasPaused) return 'reassert';
  if (policy.mode !== 'enforce' || kind === 'fail-safe') return 'adopt';
  return policy.drift[kind];
}

/** What has become of a difference that stood at the last look already. */
function goneOn(input: DriftInput, name: string, standing: Drift): DriftNote | undefined {
  const { resumedMs, now } = input;
  const explained = isExplainedLater(name, standing, input);
  if (explained) {
    const action = actionOn(input, name, 'human');
    return { event: 'explained', name, drift: { ...standing, kind: 'human', who: explained, action } };
  }
  if (standing.action !== 'hold') return undefined;
  const drift: Drift = { ...standing, action: 'reassert' };
  if (resumedMs > standing.foundMs) return { event: 'resumed', name, drift };
  return now >= standing.untilMs ? { event: 'held-long-enough', name, drift } : undefined;
}

/**
 * Writes down what was decided about a difference. Whoever acted while control was silent says where the law starts from,
 * but changes nobody's baseline. A method whose own limit was removed has no baseline of its own any more.
 */
function settle(draft: Draft, { name, drift }: DriftNote, { live, now }: DriftInput): void {
  if (drift.action !== 'adopt') {
    draft.open = { ...draft.open, [name]: drift };
    return;
  }
  draft.open = without(draft.open, name);
  draft.known = { ...draft.known, [name]: { limit: drift.after, atMs: now } };
  draft.adoptedMs = now;
  if (drift.kind === 'fail-safe') return;
  const [kind, key] = partsOf(name);
  const isRemoved = kind === 'stage' && live.stage[key] === undefined;
  draft.adopted = isRemoved ? without(draft.adopted, name) : { ...draft.adopted, [name]: drift.after };
}

/** What a limit is, if nobody else has changed it: as we wrote, adopted or first saw it, whichever came last. */
function expectedOf(name: string, input: DriftInput, known: Draft['known']): Limit | undefined {
  const [kind, key] = partsOf(name);
  const { appliedStage, appliedTiers } = input.record;
  const applied = kind === 'tier' ? appliedTiers[key] : appliedStage;
  const limit = kind === 'tier' ? appliedTiers[key]?.value : appliedStage?.value[key];
  const own = known[name];
  if (own && (!applied || own.atMs > applied.writtenMs)) return own.limit;
  if (limit) return limit;
  const fallback = `stage ${STAGE_DEFAULT}`;
  // A method that has no limit of its own, whatever it once was, follows the default.
  const isFollowing = kind === 'stage' && name !== fallback && !(own && input.live.stage[key]);
  return isFollowing ? expectedOf(fallback, input, known) : own?.limit;
}

/** Whether a limit is what we meant to write: an answer that never came does not make it somebody else's. */
function isMeant(name: string, live: Limit, { desired, account }: DriftInput): boolean {
  const [kind, key] = partsOf(name);
  const meant = kind === 'tier' ? desired?.plans[key]?.limit : (desired?.stage[key] ?? desired?.stage[STAGE_DEFAULT]);
  const written = meant && bounded(meant, account);
  return written?.kind === 'limit' && isSameLimit(live, written.limit);
}

function namesOf({ live, record }: DriftInput, { known, open }: DriftRecord): Set<string> {
  const methods = [...Object.keys(live.stage), ...Object.keys(record.appliedStage?.value ?? {})].filter(isMethodKey);
  const tiers = Object.keys(live.tiers);
  return new Set([
    ...methods.map((method) => `stage ${method}`),
    ...tiers.map((tier) => `tier ${tier}`),
    ...Object.keys(known),
    ...Object.keys(open),
  ]);
}

function without<Value>(record: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  const { [name]: _gone, ...rest } = record;
  return rest;
}
