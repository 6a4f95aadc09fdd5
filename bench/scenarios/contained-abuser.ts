import { constant, during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

export const containedAbuser = family(
  'contained-abuser',
  'One basic key sends about 3,000 rps; its plan lets through 100, which the backend bears: nothing should move.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(720);
    const demand = during(jitter.level(3000), onset, end);
    return {
      durationSeconds: 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter, constant(0.9)), crowd('abuser-basic', 'basic', 1, demand)],
      backend: backend(jitter),
    };
  },
);
