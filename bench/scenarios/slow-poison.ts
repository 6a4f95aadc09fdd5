import { backend, crowd, family, honest, plateau } from './family.ts';

/** Four times as long as a law of windows that moves by 2 % each needs for half of the way. */
const POISON_SECONDS = 1400;
const FROM_RPS = 7;
const TO_RPS = 210;

export const slowPoison = family(
  'slow-poison',
  'For 23 minutes one standard key grows steadily to thirty times its demand, within its contract; then capacity is short.',
  (jitter) => {
    const begins = 60;
    const onset = begins + POISON_SECONDS + jitter.second(30, 10);
    const end = onset + jitter.second(400);
    const factor = jitter.level(1, 0.1);
    const demand = (seconds: number) => {
      if (seconds >= end) return factor * FROM_RPS;
      const progress = Math.min(1, Math.max(0, (seconds - begins) / POISON_SECONDS));
      return factor * FROM_RPS * (TO_RPS / FROM_RPS) ** progress;
    };
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), crowd('poison-standard', 'standard', 1, demand)],
      backend: backend(jitter, plateau(jitter.level(0.7, 0.1), onset, end)),
    };
  },
);
