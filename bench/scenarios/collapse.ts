import type { ClientBehaviour } from '../../rehearsal/world/scenario.ts';
import { backend, family, honest, plateau } from './family.ts';

const IMPATIENT: ClientBehaviour = { kind: 'immediate', maxAttempts: 5 };

export const collapse = family(
  'collapse',
  'The backend halves for three minutes and collapses under its queue; every client retries at once, up to five times.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(180);
    const left = jitter.level(0.5);
    return {
      durationSeconds: 1080,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: honest(jitter).map((group) => ({ ...group, behaviour: IMPATIENT })),
      backend: {
        ...backend(jitter, plateau(left, onset, end)),
        queueSeconds: 5,
        collapsePerQueuedSecond: jitter.level(0.15),
        collapseFloor: 0.3,
      },
    };
  },
);
