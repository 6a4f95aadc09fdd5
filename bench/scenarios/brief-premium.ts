import { during } from '../../local/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

export const briefPremium = family(
  'brief-premium',
  'One premium key sends about 5,000 rps, a fifth of it orders; its limits allow more than the backend bears.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(780);
    const orders = jitter.level(0.2);
    return {
      durationSeconds: 1440,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [
        ...honest(jitter),
        {
          name: 'runaway-premium',
          tier: 'premium',
          honest: false,
          keyCount: 1,
          skew: 0,
          demand: during(jitter.level(5000), onset, end),
          mix: [1 - orders, orders],
          behaviour: { kind: 'none' },
        },
      ],
      backend: backend(jitter),
    };
  },
);
