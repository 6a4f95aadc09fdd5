import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

export const briefUnknown = family(
  'brief-unknown',
  'One premium key sends about 5,000 rps, a fifth of it orders, seven minutes after control has seen the API for the first time.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const demand = during(jitter.level(5000), onset, end);
    return {
      durationSeconds: 1440,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), crowd('runaway-premium', 'premium', 1, demand, { mix: [0.8, 0.2] })],
      backend: backend(jitter),
    };
  },
  { hasNoHistory: true },
);
