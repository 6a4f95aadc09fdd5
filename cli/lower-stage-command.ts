import type { Limit } from '../shared/limits/limit.ts';
import type { Limits } from '../shared/limits/limits.ts';
import { settingsKeyOf } from '../shared/limits/method-key.ts';
import type { ApiStage } from '../shared/platform/api-stage.ts';

/** The stage whose limits are to be lowered, and the upper bound. */
export interface StageToLower {
  readonly api: ApiStage;
  readonly region: string;
  /** The limits in force by method setting; absent if unknown, then only the default is patched. */
  readonly live: Limits['stage'] | undefined;
  readonly most: Limit;
}

const DEFAULT_ALONE: Limits['stage'] = {
  '*/*': { rateRps: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY },
};

/** The `aws` command that lowers a stage's limits without Tidegate. The command raises no limit. */
export function lowerStageCommand({ api, region, live = DEFAULT_ALONE, most }: StageToLower): string {
  const operations = Object.entries(live).flatMap(([method, limit]) => {
    const path = `path=/${settingsKeyOf(method)}/throttling`;
    return [
      `'op=replace,${path}/rateLimit,value=${Math.min(limit.rateRps, most.rateRps)}'`,
      `'op=replace,${path}/burstLimit,value=${Math.min(limit.burst, most.burst)}'`,
    ];
  });
  const stage = `--rest-api-id ${api.apiId} --stage-name ${api.stage} --region ${region}`;
  return `aws apigateway update-stage ${stage} --patch-operations ${operations.join(' ')}`;
}
