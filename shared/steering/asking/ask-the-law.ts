import type { Conclusion, LawOutput } from '../../law/types.ts';
import type { Limits } from '../../limits/limits.ts';
import { describeError } from '../../platform/errors.ts';
import type { Draft } from '../draft.ts';
import { activeOverride } from '../governed.ts';
import { setsStage } from '../override/override-limits.ts';
import { AFRESH, FROM_HERE } from '../override/ways-back.ts';
import { deployedLimits } from './deployed-limits.ts';
import { lawInput } from './law-input.ts';

type Without = 'state' | 'windows' | undefined;

/**
 * Asks the law what the limits should be, whatever is wrong with what the law is given. A state that it cannot use, or
 * that leads to numbers that are none, is left out: the law then starts afresh from the limits in force, and the stage is
 * led in steps. Windows that it cannot read are left out next. Neither may keep this tick, or every later one, from
 * deciding. An API whose policy is gone has no law: it is led back to the deployed limits. An override that sets the stage
 * needs no law: where the law decides nothing, the limits in force stand for its decision.
 * @throws Error when the law decides in none of these cases, and no override sets the stage
 */
export function askTheLaw(draft: Draft): Draft {
  const { isLeaving } = draft.settings.governed;
  const law = isLeaving ? deployedLimits : draft.settings.law;
  const asked = isLeaving ? { ...draft, wayBack: draft.wayBack ?? FROM_HERE } : draft;
  const { unread } = draft.observation;
  if (unread.length > 0) return undecided(asked, unread.join('; '));
  let why = '';
  let unsound: Draft | undefined;
  for (const without of attemptsOf(asked)) {
    const attempt = leavingOut(without, asked);
    try {
      const output = law(lawInput(attempt));
      const decided = { ...proposed(attempt, output), ...(without && { unusable: { what: without, why } }) };
      if (areNumbers(output.desired)) return decided;
      why = 'the law wants limits that are none';
      unsound = decided;
    } catch (error) {
      why = describeError(error);
    }
  }
  // Limits that are none are refused where they would be written.
  if (unsound) return unsound;
  return undecided(asked, why);
}

/** @throws Error unless an override sets the stage */
function undecided(draft: Draft, why: string): Draft {
  const { observation, settings } = draft;
  const reason = `The law cannot decide: ${why}`;
  if (!setsStage(activeOverride(settings.governed.override, observation.now))) throw new Error(reason);
  const conclusion: Conclusion = {
    kind: 'hold',
    verdict: 'blind',
    rule: 'undecided',
    reason: `${reason}${/[.!?]$/.test(why) ? '' : '.'}`,
    wouldChange: 'A law that decides: every other tick fails until then.',
    estimates: {},
  };
  // The law goes on from the state that it had.
  return { ...draft, limits: observation.live, conclusion, lawState: observation.record.law?.state };
}

function attemptsOf({ observation: { record, evidence } }: Draft): Without[] {
  return [
    undefined,
    ...(record.law ? ['state' as const] : []),
    ...(evidence.windows.length > 0 ? ['windows' as const] : []),
  ];
}

function leavingOut(without: Without, draft: Draft): Draft {
  const { observation, wayBack } = draft;
  const { record, evidence } = observation;
  if (without === 'windows')
    return { ...draft, observation: { ...observation, evidence: { ...evidence, windows: [] } } };
  if (without === undefined) return draft;
  return {
    ...draft,
    observation: { ...observation, record: { ...record, law: undefined } },
    wayBack: wayBack ?? AFRESH,
  };
}

function proposed(draft: Draft, { state, conclusion, desired, planOrder = [] }: LawOutput<unknown>): Draft {
  return { ...draft, limits: desired, planOrder, conclusion, lawState: state };
}

/** A number beyond every bound is clamped; what is no number cannot be. */
function areNumbers({ stage, tiers }: Limits): boolean {
  const limits = [...Object.values(stage), ...Object.values(tiers)];
  return limits.every(({ rateRps, burst }) => isNumber(rateRps) && isNumber(burst));
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value);
