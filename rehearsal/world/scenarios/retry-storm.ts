import type { Scenario } from '../scenario.ts';
import { constant, during, scaled, sum } from '../traffic/rate.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from './common.ts';

const ONSET = 120;
const END = ONSET + 3 * 60;

export const retryStorm: Scenario = {
  name: 'retry-storm',
  title:
    'The backend halves for three minutes and collapses under its queue; every client retries at once, up to five times.',
  durationSeconds: END + 12 * 60,
  onsetSeconds: ONSET,
  surgeEndSeconds: END,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: honestGroups(constant, { kind: 'immediate', maxAttempts: 5 }),
  backend: {
    ...BACKEND,
    capacity: sum(constant(2200), scaled(during(1100, ONSET, END), -1)),
    queueSeconds: 5,
    collapsePerQueuedSecond: 0.15,
    collapseFloor: 0.3,
  },
};
