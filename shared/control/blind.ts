import type { Limit, Limits } from '../platform/units.ts';
import { withTightBursts } from './standing.ts';
import type { LawState } from './state.ts';
import { figure } from './step.ts';
import type { Conclusion, LawInput, LawOutput } from './types.ts';

/** No window to go by: hold what is desired, and after the policy's time take its fallback. */
export function withoutNews(
  state: LawState,
  input: LawInput<LawState>,
  rejected: readonly string[],
): LawOutput<LawState> {
  const { policy, now } = input;
  const silentSeconds = (now - state.memory.lastNewsMs) / 1000;
  const why = rejected.length > 0 ? ` Not believed: ${[...new Set(rejected)].join('; ')}.` : '';
  const estimates = { silentSeconds };
  if (silentSeconds <= policy.blind.afterSeconds) {
    return output(
      state,
      { ...state.desired, stage: withTightBursts(state.desired.stage, policy) },
      {
        kind: 'hold',
        verdict: 'trustworthy',
        rule: input.state === undefined ? 'first-look' : 'no-news',
        reason: `No window since the last tick; the newest is ${figure(silentSeconds)} s old.${why}`,
        wouldChange: 'A closed window.',
        estimates,
      },
    );
  }
  const isLong = silentSeconds > policy.blind.fallbackAfterSeconds && policy.blind.fallback !== 'stay';
  const desired = isLong ? fallback(state.desired, input) : state.desired;
  return output(state, desired, {
    kind: isLong ? 'restore' : 'hold',
    verdict: 'blind',
    rule: isLong ? 'blind-fallback' : 'blind-hold',
    reason: isLong
      ? `Blind for ${figure(silentSeconds)} s: the policy's fallback "${policy.blind.fallback}" applies.${why}`
      : `Blind for ${figure(silentSeconds)} s: no trustworthy data, no change.${why}`,
    wouldChange: 'A trustworthy window from the access log or the minute metrics.',
    estimates,
  });
}

function output(state: LawState, desired: Limits, conclusion: Conclusion): LawOutput<LawState> {
  return { state: { ...state, desired, lastKind: conclusion.kind }, conclusion, desired };
}

function fallback(desired: Limits, { baseline, policy }: LawInput<LawState>): Limits {
  const pick = (ours: Limit, resting: Limit): Limit => {
    const isLower = policy.blind.fallback === 'lower' && ours.rateRps <= resting.rateRps;
    return isLower ? ours : resting;
  };
  const stage = Object.entries(desired.stage).map(([key, limit]) => [key, pick(limit, baseline.stage)] as const);
  const tiers = Object.entries(baseline.tiers).map(
    ([tier, resting]) => [tier, pick(desired.tiers[tier] ?? resting, resting)] as const,
  );
  return { stage: Object.fromEntries(stage), tiers: Object.fromEntries(tiers) };
}
