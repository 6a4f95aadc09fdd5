import { flashCrowd } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest, TRIES_TWICE } from './family.ts';

export const telemetryMissing = family(
  'telemetry-missing',
  'Thirty standard keys join; no window comes in the first minute, none for two and a half later on, else one in five is lost.',
  (jitter) => {
    const onset = jitter.second(160);
    const [riseSeconds, holdSeconds] = [jitter.second(30, 10), jitter.second(660)];
    const peak = jitter.level(1500);
    const demand = flashCrowd({ base: 0, peak, startSeconds: onset, riseSeconds, holdSeconds, decaySeconds: 20 });
    const dark = onset + jitter.second(300);
    const end = onset + riseSeconds + holdSeconds;
    return {
      durationSeconds: 1380,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 60,
      groups: [...honest(jitter), crowd('crowd-standard', 'standard', 30, demand, { behaviour: TRIES_TWICE })],
      backend: backend(jitter),
      trouble: {
        lost: [
          { from: onset, to: onset + jitter.second(60, 10), share: 1 },
          { from: dark, to: dark + jitter.second(150), share: 1 },
          { from: onset, to: end, share: jitter.level(0.2) },
        ],
        late: [],
      },
    };
  },
);
