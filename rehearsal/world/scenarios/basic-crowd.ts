import type { Scenario } from '../scenario.ts';
import { flashCrowd } from '../traffic/rate.ts';
import { BACKEND, HONEST_MIX, honestGroups, METHODS, OBJECTIVE } from './common.ts';

const ONSET = 120;
const END = ONSET + 10 * 60;

export const basicCrowd: Scenario = {
  name: 'basic-crowd',
  title:
    'Eighty basic keys that were silent ask for 2,400 rps together within half a minute, each within its contract.',
  durationSeconds: END + 8 * 60,
  onsetSeconds: ONSET,
  surgeEndSeconds: END,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: [
    ...honestGroups(),
    {
      name: 'crowd-basic',
      tier: 'basic',
      honest: false,
      keyCount: 80,
      skew: 0.5,
      demand: flashCrowd({
        base: 0,
        peak: 2400,
        startSeconds: ONSET,
        riseSeconds: 30,
        holdSeconds: END - ONSET - 30,
        decaySeconds: 20,
      }),
      mix: HONEST_MIX,
      behaviour: { kind: 'backoff', maxAttempts: 3, baseMs: 1000, capMs: 20_000 },
    },
  ],
  backend: BACKEND,
};
