import * as z from 'zod';
import { apiStageName } from '../../../shared/platform/api-stage.ts';
import type { DeployedBaseline } from '../../../shared/platform/environment.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import { type Claim, type ClaimTarget, saveClaim } from '../../../shared/state/drift-record.ts';
import { CEILING_MS, isPlausible } from '../../../shared/state/items/ceilings.ts';
import type { ControlDependencies } from '../dependencies.ts';

const text = z.string().min(1).max(256);
const CLOUDFORMATION = 'cloudformation.amazonaws.com';

/** A management call as reported by CloudTrail: untrusted; of its parameters only the names of the target are used. */
const trailSchema = z.object({
  source: z.literal('aws.apigateway'),
  'detail-type': z.literal('AWS API Call via CloudTrail'),
  detail: z.object({
    eventName: z.enum(['UpdateStage', 'UpdateUsagePlan']),
    eventTime: z.iso.datetime(),
    errorCode: z.string().optional(),
    userIdentity: z.object({
      type: text,
      arn: text.optional(),
      userName: text.optional(),
      invokedBy: text.optional(),
    }),
    requestParameters: z.object({
      restApiId: text.optional(),
      stageName: text.optional(),
      usagePlanId: text.optional(),
      patchOperations: z
        .array(z.object({ path: z.string() }))
        .optional()
        .catch(undefined),
    }),
  }),
});

const stackSchema = z.object({
  source: z.literal('aws.cloudformation'),
  'detail-type': z.literal('CloudFormation Stack Status Change'),
  time: z.iso.datetime(),
  detail: z.object({ 'status-details': z.object({ status: text }) }),
});

type Trailed = z.infer<typeof trailSchema>['detail'];

/**
 * Stores the report of who changed a limit, so that the following look can name the author. A report dated in the future is
 * ignored, because it would supersede every later one. A failed write does not fail the tick.
 */
export async function noteClaim(
  { table, baseline, clock, logger }: ControlDependencies,
  event: unknown,
): Promise<void> {
  const found = claimIn(event, baseline);
  if (!found) return;
  const now = clock.now();
  if (!isPlausible(found.claim.atMs, now, CEILING_MS.past)) {
    logger.warn('A report of a change is dated in the future and is ignored.', {
      target: found.target,
      aheadMs: found.claim.atMs - now,
    });
    return;
  }
  try {
    await saveClaim(table, baseline, found, now);
  } catch (error) {
    logger.error('A report of a change could not be saved.', { target: found.target, reason: describeError(error) });
  }
}

/** @returns undefined for an event that reports no change of a governed limit */
export function claimIn(
  event: unknown,
  baseline: DeployedBaseline,
): { readonly target: ClaimTarget; readonly claim: Claim } | undefined {
  const stack = stackSchema.safeParse(event);
  if (stack.success) {
    const { status } = stack.data.detail['status-details'];
    const claim = { who: `CloudFormation (${status})`, atMs: Date.parse(stack.data.time) };
    return { target: 'deploy', claim: { ...claim, isOngoing: status.endsWith('_IN_PROGRESS') } };
  }
  const trail = trailSchema.safeParse(event);
  if (!trail.success) return undefined;
  const { detail } = trail.data;
  const target = targetOf(detail, baseline);
  if (!target || detail.errorCode !== undefined || !touchesLimits(detail)) return undefined;
  const claim = { who: nameOf(detail), atMs: Date.parse(detail.eventTime) };
  return { target: detail.userIdentity.invokedBy === CLOUDFORMATION ? 'deploy' : target, claim };
}

function targetOf({ requestParameters }: Trailed, baseline: DeployedBaseline): ClaimTarget | undefined {
  const { restApiId: apiId = '', stageName: stage = '', usagePlanId } = requestParameters;
  if (apiStageName({ apiId, stage }) === apiStageName(baseline)) return 'stage';
  const isOurs = Object.values(baseline.tiers).some(({ planId }) => planId === usagePlanId);
  return isOurs && usagePlanId !== undefined ? `plan#${usagePlanId}` : undefined;
}

/** Whether a call may have changed a limit; yes if its operations cannot be read. */
function touchesLimits({ requestParameters: { patchOperations } }: Trailed): boolean {
  return patchOperations?.some(({ path }) => /throttl/i.test(path)) ?? true;
}

/** The caller's name: a user, or a role with its session. */
function nameOf({ userIdentity: { type, arn, userName, invokedBy } }: Trailed): string {
  const session = arn?.split(':assumed-role/')[1];
  const name = userName ?? session ?? arn ?? type;
  return invokedBy === undefined ? name : `${name}, through ${invokedBy}`;
}
