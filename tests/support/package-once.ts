import { packagedService } from '../../rehearsal/deploy/package-cache.ts';
import { NOWHERE, sealThisProcess } from '../../rehearsal/deploy/sealed-environment.ts';

/** Jest global setup: as `seal-tests.ts`, and the service is packaged before the first worker starts, so that no two build it at once. */
export default async function packageOnce(): Promise<void> {
  sealThisProcess();
  await packagedService(['--stage', 'dev'], { endpoint: NOWHERE });
}
