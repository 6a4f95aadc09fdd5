import { flashCrowd as crowd } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest, TRIES_TWICE } from './family.ts';

export const flashCrowd = family(
  'flash-crowd',
  'Every tier asks for about ten times as much within forty seconds, stays three minutes and leaves slowly.',
  (jitter) => {
    const onset = jitter.second(140);
    const [riseSeconds, holdSeconds] = [jitter.second(40), jitter.second(180)];
    const [peak, decaySeconds] = [jitter.level(10), jitter.second(60, 10)];
    const course = crowd({ base: 1, peak, startSeconds: onset, riseSeconds, holdSeconds, decaySeconds });
    return {
      durationSeconds: 1080,
      onsetSeconds: onset,
      surgeEndSeconds: onset + riseSeconds + holdSeconds,
      lingersSeconds: 4 * decaySeconds,
      groups: honest(jitter, course).map((group) => ({ ...group, behaviour: TRIES_TWICE })),
      backend: backend(jitter),
    };
  },
);
