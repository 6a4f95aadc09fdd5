import type { Scenario } from '../scenario.ts';
import { diurnal as wave } from '../traffic/rate.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from './common.ts';

/** A day in an hour. Demand exceeds the capacity from about a third to about two thirds of it. */
const LENGTH = 3600;

export const diurnal: Scenario = {
  name: 'diurnal',
  title: 'A day in an hour: demand swings between half and twice its level at rest, its peak well above the capacity.',
  durationSeconds: LENGTH,
  onsetSeconds: 0.32 * LENGTH,
  surgeEndSeconds: 0.68 * LENGTH,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: honestGroups((restRps) => wave(0.5 * restRps, 2 * restRps, LENGTH)),
  backend: BACKEND,
};
