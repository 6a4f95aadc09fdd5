import { inspectGateway } from '../../../rehearsal/run/inspection.ts';
import type { RehearsalReport } from '../../../rehearsal/run/rehearsal-report.ts';
import { type RehearsalOptions, runRehearsal } from '../../../rehearsal/run/run-rehearsal.ts';
import type { Scenario } from '../../../rehearsal/world/scenario.ts';
import { seedSurge } from '../../../rehearsal/world/scenarios/seed-surge.ts';
import { during } from '../../../rehearsal/world/traffic/rate.ts';
import type { Deployed } from './deployed.ts';

/** Small enough to be fast, large enough that a tier's plans still mean something. */
export const SCALE = 0.05;

/** The seed surge, cut short: the runaway key comes at `onset` and stays. */
export function shortSurge(onsetSeconds: number, durationSeconds: number): Scenario {
  return {
    ...seedSurge,
    durationSeconds,
    onsetSeconds,
    surgeEndSeconds: durationSeconds,
    groups: seedSurge.groups.map((group) =>
      group.honest ? group : { ...group, demand: during(5000, onsetSeconds, durationSeconds) },
    ),
  };
}

/** Plays a scenario in small on a cloud that was deployed in small. */
export async function rehearse(
  { cloud }: Pick<Deployed, 'cloud'>,
  options: Pick<RehearsalOptions, 'scenario' | 'policy' | 'onSecond' | 'epochMs'>,
): Promise<RehearsalReport> {
  const { aws, clock, services } = cloud;
  return await runRehearsal({
    cloud: { aws, clock, gateway: inspectGateway(services.apigateway) },
    seed: 1,
    scale: SCALE,
    wallNowMs: () => performance.now(),
    ...options,
  });
}
