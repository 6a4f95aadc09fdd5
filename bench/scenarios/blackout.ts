import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest, TRIES_TWICE } from './family.ts';

export const blackout = family(
  'blackout',
  'A crowd of standard keys comes; two minutes later no telemetry arrives for five minutes, and then all of it again.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(720);
    const dark = onset + jitter.second(120);
    const demand = during(jitter.level(1500), onset, end);
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), crowd('crowd-standard', 'standard', 30, demand, { behaviour: TRIES_TWICE })],
      backend: backend(jitter),
      trouble: { lost: [{ from: dark, to: dark + jitter.second(300), share: 1 }], late: [] },
    };
  },
);
