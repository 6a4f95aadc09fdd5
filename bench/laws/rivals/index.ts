import type { BenchLaw } from '../bench-law.ts';
import { type Allocation, withActuators } from './actuators.ts';
import { aimd } from './aimd.ts';
import { aperture } from './aperture.ts';
import { cinnamon } from './cinnamon.ts';
import { gradient2 } from './gradient2.ts';
import { topfull } from './topfull.ts';
import type { TotalLaw } from './total-law.ts';
import { bestOf, readTuning } from './tuning.ts';
import { tutorial } from './tutorial.ts';
import { vegas } from './vegas.ts';

const ALLOCATIONS: readonly Allocation[] = ['stage', 'shares'];

/** Every setting of a law that tuning may choose from, named `<law>:<setting>:<allocation>`. */
function candidatesOf<State>(rival: TotalLaw<State>): BenchLaw[] {
  const settings = { published: rival.published, ...rival.alternatives };
  // Minute metrics tell nothing of keys.
  const allocations = rival.telemetry.kind === 'minutes' ? ALLOCATIONS.slice(0, 1) : ALLOCATIONS;
  return Object.entries(settings).flatMap(([setting, gains]) =>
    allocations.map((allocation) => ({
      name: `${rival.name}:${setting}:${allocation}`,
      telemetry: rival.telemetry,
      create: (context) => withActuators(rival, gains, allocation, context),
    })),
  );
}

export const CANDIDATES: readonly BenchLaw[] = [
  ...candidatesOf(tutorial),
  ...candidatesOf(aimd),
  ...candidatesOf(gradient2),
  ...candidatesOf(vegas),
  ...candidatesOf(cinnamon),
  ...candidatesOf(topfull),
  ...candidatesOf(aperture),
];

/** Each rival in the setting that did best on the tuning seeds. */
export const RIVALS: readonly BenchLaw[] = [
  ...Map.groupBy(CANDIDATES, ({ name }) => name.slice(0, name.indexOf(':'))),
].flatMap(([name, candidates]) => {
  const best = bestOf(candidates, readTuning());
  return best ? [{ ...best, name }] : [];
});
