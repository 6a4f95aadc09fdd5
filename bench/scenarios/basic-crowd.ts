import { flashCrowd } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

export const basicCrowd = family(
  'basic-crowd',
  'Eighty basic keys that were silent ask for about 2,400 rps together within half a minute, each within its contract.',
  (jitter) => {
    const onset = jitter.second(140);
    const [riseSeconds, holdSeconds] = [jitter.second(30, 10), jitter.second(600)];
    const peak = jitter.level(2400);
    const demand = flashCrowd({ base: 0, peak, startSeconds: onset, riseSeconds, holdSeconds, decaySeconds: 20 });
    return {
      durationSeconds: 1380,
      onsetSeconds: onset,
      surgeEndSeconds: onset + riseSeconds + holdSeconds,
      lingersSeconds: 60,
      groups: [...honest(jitter), crowd('crowd-basic', 'basic', 80, demand)],
      backend: backend(jitter),
    };
  },
);
