import type { Scenario } from '../scenario.ts';
import { basicCrowd } from './basic-crowd.ts';
import { capacityDrop } from './capacity-drop.ts';
import { diurnal } from './diurnal.ts';
import { flashCrowd } from './flash-crowd.ts';
import { quiet } from './quiet.ts';
import { retryStorm } from './retry-storm.ts';
import { seedSurge } from './seed-surge.ts';

/** Every scenario that needs no file, by its name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [quiet, seedSurge, basicCrowd, flashCrowd, capacityDrop, retryStorm, diurnal].map((scenario) => [
    scenario.name,
    scenario,
  ]),
);
