import type { Scenario } from '../scenario.ts';
import { flashCrowd as crowd } from '../traffic/rate.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from './common.ts';

const ONSET = 120;
const RISE = 60;
const HOLD = 8 * 60;

export const flashCrowd: Scenario = {
  name: 'flash-crowd',
  title: 'Every tier asks for four times as much within a minute, stays eight minutes and leaves slowly.',
  durationSeconds: ONSET + RISE + HOLD + 10 * 60,
  onsetSeconds: ONSET,
  surgeEndSeconds: ONSET + RISE + HOLD,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: honestGroups((restRps) =>
    crowd({
      base: restRps,
      peak: 4 * restRps,
      startSeconds: ONSET,
      riseSeconds: RISE,
      holdSeconds: HOLD,
      decaySeconds: 60,
    }),
  ),
  backend: BACKEND,
};
