import type { Law, LawInput } from '../../shared/control/types.ts';
import type { Limits } from '../../shared/platform/units.ts';
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
