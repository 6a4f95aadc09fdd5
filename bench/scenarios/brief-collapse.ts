import type { ClientBehaviour } from '../../rehearsal/world/scenario.ts';
import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

const IMPATIENT: ClientBehaviour = { kind: 'immediate', maxAttempts: 5 };

export const briefCollapse = family(
  'brief-collapse',
  'A crowd comes for a minute; the backend collapses under its queue, and retries keep it there after the crowd has gone.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + 60;
    const demand = during(jitter.level(2200), onset, end);
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      // What matters begins when the crowd has gone.
      surgeEndSeconds: end + 300,
      groups: [
        ...honest(jitter).map((group) => ({ ...group, behaviour: IMPATIENT })),
        crowd('crowd-standard', 'standard', 40, demand, { behaviour: IMPATIENT }),
      ],
      backend: { ...backend(jitter), queueSeconds: 5, collapsePerQueuedSecond: jitter.level(0.15), collapseFloor: 0.3 },
    };
  },
);
