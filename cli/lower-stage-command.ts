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
    const replace = (field: string, value: number) =>
      inShell(`op=replace,path=${inShorthand(`/${settingsKeyOf(method)}/throttling/${field}`)},value=${value}`);
    return [
      replace('rateLimit', Math.min(limit.rateRps, most.rateRps)),
      replace('burstLimit', Math.min(limit.burst, most.burst)),
    ];
  });
  const stage = `--rest-api-id ${api.apiId} --stage-name ${api.stage} --region ${region}`;
  return `aws apigateway update-stage ${stage} --patch-operations ${operations.join(' ')}`;
}

/** Characters that the AWS CLI's shorthand syntax takes as they are; commas and closing braces among others end a value. */
const PLAIN = /^[A-Za-z0-9/~*._:$@!+-]*$/;

/** A value in the AWS CLI's shorthand syntax. */
function inShorthand(value: string): string {
  return PLAIN.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** An argument for a POSIX shell. */
function inShell(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
