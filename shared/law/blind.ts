import type { Limit } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { own } from '../platform/records.ts';
import { withTightBursts } from './sharing/standing.ts';
import type { LawState } from './state.ts';
import { figure } from './tracking/step.ts';
import type { Conclusion, LawInput, LawOutput } from './types.ts';

/** No window to go by: hold what is desired; unless the API is idle, after the policy's time take its fallback. */
export function withoutNews(
  state: LawState,
  input: LawInput<LawState>,
  rejected: readonly string[],
): LawOutput<LawState> {
  const { policy, now, heartbeat } = input;
  const { lastNewsMs, lastLogEndMs } = state.memory;
  const silentSeconds = (now - Math.max(lastNewsMs, heartbeat?.accountedUntilMs ?? 0)) / 1000;
  const boundSeconds = policy.blind.afterSeconds + (lastNewsMs > lastLogEndMs ? policy.minutes.silenceSeconds : 0);
  const why = rejected.length > 0 ? ` Not believed: ${[...new Set(rejected)].join('; ')}.` : '';
  if (heartbeat?.kind === 'idle' || silentSeconds <= boundSeconds) return sighted(state, input, silentSeconds, why);
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
    estimates: { silentSeconds },
  });
}

/** Nothing new, but nothing is missing either: not yet, or because nobody asks for anything. */
function sighted(state: LawState, input: LawInput<LawState>, silentSeconds: number, why: string): LawOutput<LawState> {
  const isIdle = input.heartbeat?.kind === 'idle';
  const rule = isIdle ? 'idle' : 'no-news';
  const reason = isIdle
    ? "The log is silent, and AWS's own count says why: nobody asks for anything."
    : `No window since the last tick; the newest is ${figure(silentSeconds)} s old.`;
  const desired = { ...state.desired, stage: withTightBursts(state.desired.stage, input.policy) };
  return output(state, desired, {
    kind: 'hold',
    verdict: isIdle ? 'idle' : 'trustworthy',
    rule: input.state === undefined ? 'first-look' : rule,
    reason: `${reason}${why}`,
    wouldChange: 'A closed window.',
    estimates: { silentSeconds },
  });
}

function output(state: LawState, desired: Limits, conclusion: Conclusion): LawOutput<LawState> {
  const { planOrder } = state;
  return { state: { ...state, desired, lastKind: conclusion.kind }, conclusion, desired, planOrder };
}

function fallback(desired: Limits, { baseline, policy }: LawInput<LawState>): Limits {
  const pick = (ours: Limit, resting: Limit): Limit => {
    const isLower = policy.blind.fallback === 'lower' && ours.rateRps <= resting.rateRps;
    return isLower ? ours : resting;
  };
  const stage = Object.entries(desired.stage).map(([key, limit]) => [key, pick(limit, baseline.stage)] as const);
  const tiers = Object.entries(baseline.tiers).map(
    ([tier, resting]) => [tier, pick(own(desired.tiers, tier) ?? resting, resting)] as const,
  );
  return { stage: Object.fromEntries(stage), tiers: Object.fromEntries(tiers) };
}
