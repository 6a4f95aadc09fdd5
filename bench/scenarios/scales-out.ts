import { step } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest, plateau } from './family.ts';

export const scalesOut = family(
  'scales-out',
  'Demand grows to nearly twice what the backend bears; under that load it scales out to twice its capacity, and stays so.',
  (jitter) => {
    const onset = jitter.second(140);
    const scaled = onset + jitter.second(300, 60);
    const end = onset + jitter.second(780);
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 30,
      groups: honest(jitter, plateau(jitter.level(1.9, 0.05), onset, end, 30), 0.05),
      backend: backend(jitter, step(1, 2, scaled)),
    };
  },
);
