import { packagedService } from '../../local/deploy/package-cache.ts';

/** Jest global setup: the service is packaged before the first worker starts, so that no two build it at once. */
export default async function packageOnce(): Promise<void> {
  await packagedService(['--stage', 'dev'], { endpoint: 'http://127.0.0.1:1' });
}
