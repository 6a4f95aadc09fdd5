import type { ClientGroup } from '../../rehearsal/world/scenario.ts';
import { HONEST_MIX } from '../../rehearsal/world/scenarios/common.ts';
import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

const TENANTS = { premium: 40, standard: 40, basic: 20 } as const;
/** So much longer than others' requests take; far beyond the objective. */
const SLOWNESS = 6;

export const slowTenant = family(
  'slow-tenant',
  'In each tier one key begins to ask for what takes six times as long, within its contract; the backend has room for all.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const tenants = Object.entries(TENANTS).map(([tier, rps]): ClientGroup => {
      const demand = during(jitter.level(rps), onset, end);
      const behaviour = { kind: 'none' } as const;
      return {
        name: `slow-${tier}`,
        tier,
        honest: false,
        keyCount: 1,
        skew: 0,
        demand,
        mix: HONEST_MIX,
        behaviour,
        slowness: SLOWNESS,
      };
    });
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), ...tenants],
      backend: backend(jitter),
    };
  },
  { isUnavoidable: true },
);
