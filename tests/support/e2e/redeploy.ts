import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cloud } from '@tidegate/embedded-aws';
import { packagedService } from '../../../rehearsal/deploy/package-cache.ts';
import { serverless } from '../../../rehearsal/deploy/serverless.ts';

/** The logical id of the API's deployment, which is another one in every package. */
const DEPLOYMENT_ID = /ApiGatewayDeployment\d+/g;
const ANOTHER_ID = 'ApiGatewayDeployment1000000000001';

/**
 * Deploys the service once more as if it had been packaged anew a minute later: the API gets a new deployment, and
 * CloudFormation sets the stage to its baseline with it.
 * @param params those of the first deploy
 */
export async function deployAnew({ endpoint }: Cloud, params: readonly string[]): Promise<void> {
  const packaged = await packagedService(params, { endpoint });
  const copy = await mkdtemp(join(tmpdir(), 'tidegate-package-'));
  try {
    await cp(packaged, copy, { recursive: true });
    for (const name of await readdir(copy)) {
      if (!name.endsWith('.json')) continue;
      const path = join(copy, name);
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll(DEPLOYMENT_ID, ANOTHER_ID));
    }
    await serverless(['deploy', '--force', '--conceal', '--package', copy, ...params], { endpoint });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
