import { scaled } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest, plateau } from './family.ts';

/** Requests a second of those who buy, at rest and by tier; half of them are orders, which cost four times as much. */
const BUYERS = [
  { tier: 'premium', rps: 60, keyCount: 15 },
  { tier: 'standard', rps: 60, keyCount: 30 },
  { tier: 'basic', rps: 40, keyCount: 30 },
] as const;

export const methodMix = family(
  'method-mix',
  'A sale begins: half of those who looked now buy; about as many requests as before, but they cost far more.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(660);
    const buys = plateau(jitter.level(6), onset, end, 60);
    const looks = plateau(jitter.level(0.5), onset, end, 60);
    const buyers = BUYERS.map(({ tier, rps, keyCount }) =>
      crowd(`buyers-${tier}`, tier, keyCount, scaled(buys, jitter.level(rps, 0.1)), {
        honest: true,
        skew: 0.7,
        mix: [0.5, 0.5],
      }),
    );
    return {
      durationSeconds: 1380,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 60,
      groups: [...honest(jitter, (seconds) => 0.75 * looks(seconds)), ...buyers],
      backend: backend(jitter),
    };
  },
);
