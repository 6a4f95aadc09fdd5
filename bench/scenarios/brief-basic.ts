import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

export const briefBasic = family(
  'brief-basic',
  'Twelve basic keys send about 5,000 rps together, a fifth of it orders: four times their limits, which add up to too much.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(720);
    const orders = jitter.level(0.2);
    const demand = during(jitter.level(5000), onset, end);
    return {
      durationSeconds: 1440,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), crowd('runaway-basic', 'basic', 12, demand, { mix: [1 - orders, orders] })],
      backend: backend(jitter),
    };
  },
);
