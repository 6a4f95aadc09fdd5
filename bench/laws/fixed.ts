import type { Law, LawInput } from '../../shared/law/types.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import { STAGE_DEFAULT } from '../../shared/limits/method-key.ts';
import type { BenchLaw } from './bench-law.ts';

const fixed = (desired: (input: LawInput<unknown>) => Limits): Law<unknown> => {
  return (input) => ({
    state: undefined,
    conclusion: {
      kind: 'hold',
      verdict: 'trustworthy',
      rule: 'fixed',
      reason: 'Limits never move.',
      wouldChange: 'Nothing.',
      estimates: {},
    },
    desired: desired(input),
  });
};

/** The limits that the template deploys, for ever. */
export const staticLimits: BenchLaw = {
  name: 'static',
  telemetry: { kind: 'none' },
  create: () => fixed((input) => input.live),
};

/** An account's own quota. */
const ACCOUNT: Limit = { rateRps: 10_000, burst: 5000 };

/** No limits but the account's: every other is as high as that. */
export const noLimits: BenchLaw = {
  name: 'none',
  telemetry: { kind: 'none' },
  create: ({ baseline }) => {
    const tiers = Object.fromEntries(Object.keys(baseline.tiers).map((tier) => [tier, ACCOUNT]));
    return fixed(() => ({ stage: { [STAGE_DEFAULT]: ACCOUNT }, tiers }));
  },
};
