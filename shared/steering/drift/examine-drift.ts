import { bounded } from '../../limits/bounds.ts';
import type { Limit } from '../../limits/limit.ts';
import { isSameLimit } from '../../limits/limit.ts';
import { type LimitName, namesIn, valueInForce, valueNamed, withoutValue, withValue } from '../../limits/limit-name.ts';
import { NO_LIMITS } from '../../limits/limits.ts';
import { isMethodKey, STAGE_DEFAULT } from '../../limits/method-key.ts';
import { mapRecord, own, recordOf } from '../../platform/records.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { DriftAction } from '../../policy/schema/drift-schema.ts';
import type { Drift, DriftRecord } from '../../state/drift-record.ts';
import { causeOf, isExplainedLater } from './drift-cause.ts';
import type { DriftInput } from './drift-input.ts';

/** Something about a limit's drift that is worth a decision of its own. */
export interface DriftNote {
  readonly event: 'found' | 'explained' | 'held-long-enough' | 'resumed' | 'gone';
  readonly name: LimitName;
  readonly drift: Drift;
}

export interface DriftFindings {
  readonly record: DriftRecord;
  readonly notes: readonly DriftNote[];
}

type Draft = { -readonly [Key in keyof DriftRecord]: DriftRecord[Key] };

const NOTHING_KNOWN = {
  known: { stage: {}, tiers: {} },
  open: { stage: {}, tiers: {} },
  adopted: NO_LIMITS,
  adoptedMs: 0,
} as const;

/** Compares every limit with what it should be by what we know, and says what came of the differences. Pure. */
export function examineDrift(input: DriftInput): DriftFindings {
  const { record, baseline } = input;
  const before: DriftRecord = record.drift ?? { ...NOTHING_KNOWN, baseline };
  const isNewBaseline = JSON.stringify(before.baseline) !== JSON.stringify(baseline);
  const draft: Draft = { ...before, baseline, adopted: isNewBaseline ? NO_LIMITS : before.adopted };
  const notes: DriftNote[] = [];
  for (const name of namesOf(input, before)) {
    const live = valueInForce(input.live, name);
    if (!live) continue;
    const standing = valueNamed(before.open, name);
    // A held limit is not written: what it was when it was found is what it should be.
    const expected = standing?.action === 'hold' ? standing.before : expectedOf(name, input, before.known);
    const note = examineOne({ ...input, isNewBaseline }, draft, name, live, expected);
    if (note) notes.push(note);
  }
  return { record: draft, notes };
}

function examineOne(
  input: DriftInput & { readonly isNewBaseline: boolean },
  draft: Draft,
  name: LimitName,
  live: Limit,
  expected: Limit | undefined,
): DriftNote | undefined {
  const { now } = input;
  const standing = valueNamed(draft.open, name);
  if (!expected) {
    draft.known = withValue(draft.known, name, { limit: live, atMs: now });
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
function asItShouldBe(draft: Draft, name: LimitName, arrived: Limit | undefined, now: EpochMs): DriftNote | undefined {
  const standing = valueNamed(draft.open, name);
  if (arrived) draft.known = withValue(draft.known, name, { limit: arrived, atMs: now });
  if (!standing) return undefined;
  draft.open = withoutValue(draft.open, name);
  return standing.action === 'hold' ? { event: 'gone', name, drift: standing } : undefined;
}

/** A difference that was not there at the last look. */
function found(
  input: DriftInput & { readonly isNewBaseline: boolean },
  name: LimitName,
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
function actionOn({ policy, isRuled, record }: DriftInput, name: LimitName, kind: Drift['kind']): DriftAction {
  const wasPaused = record.pausedMs > (record.law?.lookedMs ?? 0);
  if (isRuled(name) || wasPaused) return 'reassert';
  if (policy.mode !== 'enforce' || kind === 'fail-safe') return 'adopt';
  return policy.drift[kind];
}

/** What has become of a difference that stood at the last look already. */
function goneOn(input: DriftInput, name: LimitName, standing: Drift): DriftNote | undefined {
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
    draft.open = withValue(draft.open, name, drift);
    return;
  }
  draft.open = withoutValue(draft.open, name);
  draft.known = withValue(draft.known, name, { limit: drift.after, atMs: now });
  draft.adoptedMs = now;
  if (drift.kind === 'fail-safe') return;
  const isRemoved = name.of === 'stage' && valueNamed(live, name) === undefined;
  draft.adopted = isRemoved ? withoutValue(draft.adopted, name) : withValue(draft.adopted, name, drift.after);
}

/** The limit as it is if nobody else has changed it: as we wrote, adopted or first saw it, whichever came last. */
function expectedOf(name: LimitName, input: DriftInput, known: Draft['known']): Limit | undefined {
  const { of, key } = name;
  const { appliedStage, appliedTiers } = input.record;
  const written = of === 'tiers' ? own(appliedTiers, key) : appliedStage;
  const limit = of === 'tiers' ? own(appliedTiers, key)?.value : own(appliedStage?.value, key);
  const ours = valueNamed(known, name);
  if (ours && (!written || ours.atMs > written.writtenMs)) return ours.limit;
  if (limit) return limit;
  // A method that has no limit of its own, whatever it once was, follows the default.
  const isFollowing = of === 'stage' && key !== STAGE_DEFAULT && !(ours && own(input.live.stage, key));
  return isFollowing ? expectedOf({ of, key: STAGE_DEFAULT }, input, known) : ours?.limit;
}

/** Whether a limit is the one that we meant to write: a write whose answer never came is not somebody else's change. */
function isMeant(name: LimitName, live: Limit, { desired, account }: DriftInput): boolean {
  if (!desired) return false;
  const meant = valueInForce({ stage: desired.stage, tiers: mapRecord(desired.plans, ({ limit }) => limit) }, name);
  const written = meant && bounded(meant, account);
  return written?.kind === 'limit' && isSameLimit(live, written.limit);
}

function namesOf({ live, record }: DriftInput, { known, open }: DriftRecord): LimitName[] {
  const methods = Object.entries({ ...record.appliedStage?.value, ...live.stage }).filter(([key]) => isMethodKey(key));
  return namesIn({ stage: recordOf(methods), tiers: live.tiers }, known, open);
}
