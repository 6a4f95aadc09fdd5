import type { KeyReader } from '../../shared/gateway/port.ts';
import { type ApiStage, apiStageName } from '../../shared/platform/api-stage.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { DeployedBaseline } from '../../shared/platform/environment.ts';
import type { Logger } from '../../shared/platform/logger.ts';
import type { KeyId, TierName } from '../../shared/platform/units.ts';
import type { Table } from '../../shared/state/items/table.ts';
import { saveKeys } from '../../shared/state/key-directory.ts';

export interface KeyDirectoryDependencies {
  readonly clock: Clock;
  readonly table: Table;
  readonly keys: KeyReader;
  readonly baseline: DeployedBaseline;
  readonly logger: Logger;
}

/**
 * The key-directory function: reads the tier of every key from the plans and stores the whole directory. It returns nothing
 * that it read. If one plan cannot be read, nothing is stored: an older complete directory is better than half a new one.
 */
export function createKeyDirectory(dependencies: KeyDirectoryDependencies): () => Promise<void> {
  const { clock, table, keys, baseline, logger } = dependencies;
  const api: ApiStage = { apiId: baseline.apiId, stage: baseline.stage };
  return async () => {
    const tierOf = new Map<KeyId, TierName>();
    for (const [tier, { planId }] of Object.entries(baseline.tiers)) {
      for (const keyId of await keys.planKeyIds(planId)) tierOf.set(keyId, tier);
    }
    await saveKeys(table, api, tierOf, clock.now());
    logger.info('The key directory was refreshed.', { api: apiStageName(api), keys: tierOf.size });
  };
}
