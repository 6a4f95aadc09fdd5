import type { LawInput, LawOutput } from '../../law/types.ts';

/** What an API has that is let go: the deployed limits. Where its policy did not enforce, what brakes replaced goes before. */
export function deployedLimits({ live, baseline }: LawInput<unknown>): LawOutput<unknown> {
  const stage = Object.fromEntries(Object.keys(live.stage).map((method) => [method, baseline.stage]));
  return {
    state: undefined,
    desired: { stage, tiers: baseline.tiers },
    conclusion: {
      kind: 'relax',
      verdict: 'blind',
      rule: 'leaving',
      reason: 'No policy governs this API any more: its limits are led back, then control lets go of it.',
      wouldChange: 'A policy for this API.',
      estimates: {},
    },
  };
}
