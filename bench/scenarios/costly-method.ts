import { METHODS } from '../../rehearsal/world/scenarios/common.ts';
import { constant, during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

/** Nobody has told the policy what it costs. */
const REPORT = { verb: 'GET', path: '/reports', cost: 20, slowness: 1.6 };

export const costlyMethod = family(
  'costly-method',
  'Standard clients begin to ask for reports, which cost the backend twenty times as much as data; the policy does not say so.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const reports = (rps: number) => during(rps, onset, end);
    const usual = constant(jitter.level(6, 0.1));
    const surge = reports(jitter.level(60));
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      methods: [...METHODS, REPORT],
      groups: [
        ...honest(jitter, constant(0.9)).map((group) => ({ ...group, mix: [...group.mix, 0] })),
        crowd('reports-standard', 'standard', 12, usual, { honest: true, mix: [0, 0, 1] }),
        crowd('reporters-standard', 'standard', 12, surge, { mix: [0, 0, 1] }),
      ],
      backend: backend(jitter),
    };
  },
);
