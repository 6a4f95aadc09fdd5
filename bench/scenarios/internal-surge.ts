import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

export const internalSurge = family(
  'internal-surge',
  'Four internal keys run a job of about 1,600 rps, two fifths of it orders: twice their limits, which add up to too much.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(660);
    const orders = jitter.level(0.4);
    const demand = during(jitter.level(1600), onset, end);
    return {
      durationSeconds: 1380,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), crowd('job-internal', 'internal', 4, demand, { mix: [1 - orders, orders] })],
      backend: backend(jitter),
    };
  },
);
