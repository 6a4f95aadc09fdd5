import { sealThisProcess } from '../../../rehearsal/deploy/sealed-environment.ts';

/** Jest global setup: the workers inherit it, so the tests run the same whatever AWS settings and proxies their user has. */
export default function sealTests(): void {
  sealThisProcess();
}
