import type { GetUsageRequest, UpdateUsageRequest, Usage } from '@aws-sdk/client-api-gateway';
import { DAY_MS } from '../../../gateway/enforcement/quota-period.ts';
import type { UsageMeter } from '../../../gateway/enforcement/usage-meter.ts';
import { badRequest, notFound } from '../apigateway-errors.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { page } from '../paging.ts';
import { invalidPath, readInteger, readPatches } from '../patch-operations.ts';

const LONGEST_SPAN_DAYS = 90;

/** GetUsage and UpdateUsage: one `[used, remaining]` pair per key and UTC day. The map's keys are key ids. */
export function usageOperations(management: Management) {
  const { state, aws } = management;
  return {
    GetUsage: (input: Given<GetUsageRequest>): Usage => {
      const { usagePlanId, keyId, startDate, endDate } = input;
      const { keyIds } = state.plan(usagePlanId);
      if (keyId && !keyIds.has(keyId)) notFound('Invalid Usage Plan Key identifier specified');
      const days = daysBetween(startDate, endDate);
      const found = page(keyId ? [keyId] : [...keyIds], input);
      const nowMs = aws.clock.now();
      const items = found.items.map((id) => [id, pairs(meterOf(management, usagePlanId, id), days, nowMs)]);
      const position = found.position ? { position: found.position } : {};
      return { usagePlanId, startDate, endDate, items: Object.fromEntries(items), ...position };
    },
    UpdateUsage: (input: Given<UpdateUsageRequest>): Usage => {
      const { usagePlanId, keyId } = input;
      const { plan, keyIds } = state.plan(usagePlanId);
      if (!keyIds.has(keyId)) notFound('Invalid Usage Plan Key identifier specified');
      if (!plan.quota) badRequest(`Usage Plan ${usagePlanId} has no quota`);
      const nowMs = aws.clock.now();
      const meter = meterOf(management, usagePlanId, keyId);
      for (const patch of readPatches('UpdateUsage', input.patchOperations)) {
        if (patch.op !== 'replace' || patch.path !== '/remaining') invalidPath(patch, ['/remaining']);
        meter.setRemaining(readInteger('remaining', patch.value, { min: 0, max: Number.MAX_SAFE_INTEGER }), nowMs);
      }
      const day = Math.floor(nowMs / DAY_MS) * DAY_MS;
      const date = new Date(day).toISOString().slice(0, 10);
      return { usagePlanId, startDate: date, endDate: date, items: { [keyId]: pairs(meter, [day], nowMs) } };
    },
  };
}

function meterOf({ enforcement, aws }: Management, planId: string, keyId: string): UsageMeter {
  const plan = enforcement.plan(planId) ?? notFound('Invalid Usage Plan ID specified');
  return plan.key(keyId, aws.clock.now()).usage;
}

/** Both ends belong to the span. @throws BadRequestException */
function daysBetween(startDate: string, endDate: string): number[] {
  const [startMs, endMs] = [Date.parse(`${startDate}T00:00:00Z`), Date.parse(`${endDate}T00:00:00Z`)];
  const count = (endMs - startMs) / DAY_MS + 1;
  if (!(count >= 1)) badRequest('Invalid date range specified');
  if (count > LONGEST_SPAN_DAYS) badRequest(`The date range may span ${LONGEST_SPAN_DAYS} days at most`);
  return Array.from({ length: count }, (_, index) => startMs + index * DAY_MS);
}

/** A day without a record used nothing and left what the day before it left. */
function pairs(meter: UsageMeter, days: readonly number[], nowMs: number): number[][] {
  const recorded = meter.days(nowMs);
  return days.map((dayMs) => {
    const day = recorded.findLast((one) => one.dayMs <= dayMs);
    return [day?.dayMs === dayMs ? day.used : 0, day?.remaining ?? meter.remaining(nowMs)];
  });
}
