import * as z from 'zod';
import { kindOf, type Refusal, WHOLE_EVENT } from '../../shared/platform/refusal.ts';
import type { Trigger } from '../../shared/steering/trigger.ts';

const shapes = {
  schedule: z.object({ source: z.literal('aws.events'), 'detail-type': z.literal('Scheduled Event') }),
  parameter: z.object({
    source: z.literal('aws.ssm'),
    'detail-type': z.literal('Parameter Store Change'),
    detail: z.object({ name: z.string(), operation: z.string() }),
  }),
  'look-now': z.object({
    source: z.literal('tidegate.telemetry'),
    'detail-type': z.literal('Tidegate Look Now'),
    detail: z.object({ apiId: z.string(), stage: z.string(), reason: z.string() }),
  }),
  change: z.object({
    source: z.literal('aws.apigateway'),
    'detail-type': z.literal('AWS API Call via CloudTrail'),
    detail: z.object({ eventName: z.string() }),
  }),
  deploy: z.object({
    source: z.literal('aws.cloudformation'),
    'detail-type': z.literal('CloudFormation Stack Status Change'),
    detail: z.object({ 'status-details': z.object({ status: z.string() }) }),
  }),
  alarm: z.object({
    source: z.literal('aws.cloudwatch'),
    'detail-type': z.literal('CloudWatch Alarm State Change'),
    detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string() }) }),
  }),
} as const;

/** Classifies an event. The content of an event is never trusted: control reads all facts itself. */
export function readTrigger(event: unknown): Trigger {
  for (const [trigger, shape] of Object.entries(shapes)) {
    if (shape.safeParse(event).success) return trigger as keyof typeof shapes;
  }
  return 'unknown';
}

/** Why an event is unknown: its first difference from the trigger with the same source. */
export function whyUnknown(event: unknown): Refusal {
  const fix = 'send the event through a rule of this service; an unknown event runs control but may not relax limits';
  if (typeof event !== 'object' || event === null)
    return { path: WHOLE_EVENT, expected: 'an event', found: kindOf(event), fix };
  const { source } = event as { source?: unknown };
  const shape = Object.values(shapes).find((each) => each.shape.source.value === source);
  if (!shape) {
    const sources = [...new Set(Object.values(shapes).map((each) => each.shape.source.value))];
    return { path: 'source', expected: `one of ${sources.join(', ')}`, found: kindOf(source), fix };
  }
  const [issue] = shape.safeParse(event).error?.issues ?? [];
  const path = issue?.path ?? [];
  const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], event);
  return { path: path.map(String).join('.') || WHOLE_EVENT, expected: expectation(issue), found: kindOf(found), fix };
}

function expectation(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ');
  return issue?.code === 'invalid_type' ? `a value of type ${issue.expected}` : 'an event of this source';
}

/** The trigger of a stored name. */
export function triggerNamed(name: string): Trigger {
  return Object.hasOwn(shapes, name) ? (name as keyof typeof shapes) : 'unknown';
}
