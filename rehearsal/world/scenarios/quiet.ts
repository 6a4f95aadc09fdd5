import type { Scenario } from '../scenario.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from './common.ts';

export const quiet: Scenario = {
  name: 'quiet',
  title: 'Honest clients only, well within the capacity: nothing should move.',
  durationSeconds: 900,
  onsetSeconds: 0,
  surgeEndSeconds: 900,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: honestGroups(),
  backend: BACKEND,
};
