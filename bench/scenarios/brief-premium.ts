import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

export const briefPremium = family(
  'brief-premium',
  'One premium key sends about 5,000 rps, a fifth of it orders; its limits allow more than the backend bears.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(780);
    const orders = jitter.level(0.2);
    const demand = during(jitter.level(5000), onset, end);
    return {
      durationSeconds: 1440,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), crowd('runaway-premium', 'premium', 1, demand, { mix: [1 - orders, orders] })],
      backend: backend(jitter),
    };
  },
);
