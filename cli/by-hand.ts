import type { Limit } from '../shared/limits/limit.ts';
import type { Limits } from '../shared/limits/limits.ts';
import { settingsKeyOf } from '../shared/limits/method-key.ts';
import type { ApiStage } from '../shared/platform/api-stage.ts';

/** Of which stage the limits are to be lowered, and to what. */
export interface HandBrake {
  readonly api: ApiStage;
  readonly region: string;
  /** Every method of the stage that has a limit of its own, with the one that is in force; absent: the default alone. */
  readonly live: Limits['stage'] | undefined;
  readonly most: Limit;
}

const DEFAULT_ALONE: Limits['stage'] = {
  '*/*': { rateRps: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY },
};

/** The command by which a person brakes a stage without Tidegate. It raises nothing. */
export function handBrake({ api, region, live = DEFAULT_ALONE, most }: HandBrake): string {
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
