import { flashCrowd } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

export const premiumOverCeiling = family(
  'premium-over-ceiling',
  'Twenty-four premium keys ask for about 2,600 rps, each within its contract: premium alone wants more than there is.',
  (jitter) => {
    const onset = jitter.second(140);
    const [riseSeconds, holdSeconds] = [jitter.second(60), jitter.second(600)];
    const peak = jitter.level(2600);
    const demand = flashCrowd({ base: 0, peak, startSeconds: onset, riseSeconds, holdSeconds, decaySeconds: 40 });
    return {
      durationSeconds: 1440,
      onsetSeconds: onset,
      surgeEndSeconds: onset + riseSeconds + holdSeconds,
      lingersSeconds: 120,
      groups: [...honest(jitter), crowd('campaign-premium', 'premium', 24, demand, { skew: 0.6 })],
      backend: backend(jitter),
    };
  },
);
