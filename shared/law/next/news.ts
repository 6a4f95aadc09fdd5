import type { Limit } from '../../limits/limit.ts';
import type { Limits } from '../../limits/limits.ts';
import { mapRecord, own } from '../../platform/records.ts';
import type { Conclusion, LawInput, LawOutput } from '../types.ts';
import { withTightBursts } from './giving/standing-stage.ts';
import type { NextState } from './next-state.ts';

/** Minutes come so much later than windows of the log, seconds: silence shorter than this is none. */
const MINUTE_SILENCE_SECONDS = 240;

/** No window to go by: undefined where the silence is short, and what was believed still holds. */
export function withoutNews(
  state: NextState,
  input: LawInput<NextState>,
  rejected: readonly string[],
): LawOutput<NextState> | undefined {
  const { policy, now, heartbeat } = input;
  const silentSeconds = (now - Math.max(state.lastNewsMs, heartbeat?.accountedUntilMs ?? 0)) / 1000;
  const isByMinutes = state.lastNewsMs > state.lastLogEndMs;
  const bound = policy.blind.afterSeconds + (isByMinutes ? MINUTE_SILENCE_SECONDS : 0);
  const why = rejected.length > 0 ? ` Not believed: ${[...new Set(rejected)].join('; ')}.` : '';
  const common = {
    estimates: { silentSeconds },
    wouldChange: 'A trustworthy window of the log or the minute metrics.',
  };
  if (heartbeat?.kind === 'idle') {
    const reason = `The log is silent, and AWS's own count says why: nobody asks for anything.${why}`;
    return hold(state, state.desired, { ...common, kind: 'hold', verdict: 'idle', rule: 'idle', reason });
  }
  if (input.state === undefined) {
    const reason = `Nothing is known yet: rates stay, bursts are made small.${why}`;
    return hold(state, state.desired, { ...common, kind: 'hold', verdict: 'trustworthy', rule: 'first-look', reason });
  }
  if (silentSeconds <= bound) return undefined;
  const isLong = silentSeconds > policy.blind.fallbackAfterSeconds && policy.blind.fallback !== 'stay';
  if (!isLong) {
    const reason = `Blind for ${Math.round(silentSeconds)} s: no trustworthy data, no change.${why}`;
    return hold(state, state.desired, { ...common, kind: 'hold', verdict: 'blind', rule: 'blind-hold', reason });
  }
  const reason = `Blind for ${Math.round(silentSeconds)} s: the policy's fallback "${policy.blind.fallback}" applies.${why}`;
  return hold(state, fallback(state.desired, input), {
    ...common,
    kind: 'restore',
    verdict: 'blind',
    rule: 'blind-fallback',
    reason,
  });
}

function hold(state: NextState, limits: Limits, conclusion: Conclusion): LawOutput<NextState> {
  const desired = { ...limits, stage: withTightBursts(limits.stage) };
  return { state: { ...state, desired, lastKind: conclusion.kind }, conclusion, desired, planOrder: state.planOrder };
}

function fallback(desired: Limits, { baseline, policy }: LawInput<NextState>): Limits {
  const pick = (ours: Limit, resting: Limit): Limit =>
    policy.blind.fallback === 'lower' && ours.rateRps <= resting.rateRps ? ours : resting;
  return {
    stage: mapRecord(desired.stage, (limit) => pick(limit, baseline.stage)),
    tiers: mapRecord(baseline.tiers, (resting, tier) => pick(own(desired.tiers, tier) ?? resting, resting)),
  };
}
