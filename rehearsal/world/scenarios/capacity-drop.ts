import type { Scenario } from '../scenario.ts';
import { step } from '../traffic/rate.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from './common.ts';

const ONSET = 120;
const END = ONSET + 10 * 60;
const healthy = step(2200, 880, ONSET);

export const capacityDrop: Scenario = {
  name: 'capacity-drop',
  title: 'The backend falls to 40 % of its capacity for ten minutes and comes back at once; demand does not change.',
  durationSeconds: END + 10 * 60,
  onsetSeconds: ONSET,
  surgeEndSeconds: END,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: honestGroups(),
  backend: { ...BACKEND, capacity: (seconds) => (seconds < END ? healthy(seconds) : 2200) },
};
