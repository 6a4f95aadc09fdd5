import type { Deployed } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { inspectGateway } from '../../../rehearsal/run/inspection.ts';
import type { RehearsalReport } from '../../../rehearsal/run/rehearsal-report.ts';
import { type RehearsalOptions, runRehearsal } from '../../../rehearsal/run/run-rehearsal.ts';

/** Small enough to be fast, large enough that a tier's plans still mean something. */
export const SCALE = 0.05;

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
