import type { Scenario } from '../scenario.ts';
import { during } from '../traffic/rate.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from './common.ts';

const ONSET = 120;
const END = ONSET + 15 * 60;

export const seedSurge: Scenario = {
  name: 'seed-surge',
  title:
    'One premium key sends 5,000 rps for fifteen minutes, a fifth of it orders; its limits allow more than the backend bears.',
  durationSeconds: END + 8 * 60,
  onsetSeconds: ONSET,
  surgeEndSeconds: END,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: [
    ...honestGroups(),
    {
      name: 'runaway-premium',
      tier: 'premium',
      honest: false,
      keyCount: 1,
      skew: 0,
      demand: during(5000, ONSET, END),
      mix: [0.8, 0.2],
      behaviour: { kind: 'none' },
    },
  ],
  backend: BACKEND,
};

/** The seed surge, cut short: the runaway key comes at `onset` and stays. */
export function shortSurge(onsetSeconds: number, durationSeconds: number): Scenario {
  return {
    ...seedSurge,
    durationSeconds,
    onsetSeconds,
    surgeEndSeconds: durationSeconds,
    groups: seedSurge.groups.map((group) =>
      group.honest ? group : { ...group, demand: during(5000, onsetSeconds, durationSeconds) },
    ),
  };
}
