import { AwsError } from '../../kernel/aws-error.ts';
import { count, document, documentText, list, object, tagList, text, textMap } from './provider-schema.ts';
import { arnOf, type Resource, resource } from './resource.ts';

const target = object({
  Arn: text,
  DeadLetterConfig: object({ Arn: text.optional() }).optional(),
  Id: text,
  Input: text.optional(),
  InputPath: text.optional(),
  InputTransformer: object({ InputPathsMap: textMap.optional(), InputTemplate: text }).optional(),
  RetryPolicy: object({
    MaximumEventAgeInSeconds: count.optional(),
    MaximumRetryAttempts: count.optional(),
  }).optional(),
  RoleArn: text.optional(),
  SqsParameters: object({ MessageGroupId: text }).optional(),
});

const ruleSchema = object({
  Description: text.optional(),
  EventBusName: text.optional(),
  EventPattern: document.optional(),
  Name: text.optional(),
  RoleArn: text.optional(),
  ScheduleExpression: text.optional(),
  State: text.optional(),
  Tags: tagList.optional(),
  Targets: list(target).optional(),
});
type RuleResource = Resource<ReturnType<typeof ruleSchema.parse>>;

interface TargetsAnswer {
  FailedEntryCount?: number;
  FailedEntries?: { ErrorCode?: string; ErrorMessage?: string }[];
}

/** PutTargets and RemoveTargets report failures in their answer. */
async function changeTargets(
  it: RuleResource,
  operation: 'PutTargets' | 'RemoveTargets',
  input: object,
): Promise<void> {
  const answer = await it.call<TargetsAnswer>('events', operation, input);
  const [failed] = answer.FailedEntries ?? [];
  if (failed) throw new AwsError(failed.ErrorCode ?? 'ValidationException', failed.ErrorMessage ?? 'unknown');
}

async function putRule(it: RuleResource, Name: string): Promise<void> {
  const { Targets: _targets, Tags: _tags, EventPattern, ...rest } = it.properties;
  await it.call('events', 'PutRule', {
    ...rest,
    Name,
    ...(EventPattern && { EventPattern: documentText(EventPattern) }),
  });
}

async function putTargets(it: RuleResource, Rule: string): Promise<void> {
  const { Targets = [], EventBusName } = it.properties;
  if (Targets.length > 0) await changeTargets(it, 'PutTargets', { Rule, EventBusName, Targets });
}

async function removeTargets(it: RuleResource, Rule: string, Ids: readonly string[]): Promise<void> {
  const { EventBusName } = it.properties;
  if (Ids.length > 0) await changeTargets(it, 'RemoveTargets', { Rule, EventBusName, Ids });
}

const busOf = (name: string | undefined): string => name?.split('/').at(-1) ?? 'default';
const ruleName = (id: string): string => id.slice(id.indexOf('|') + 1);

const rule = resource({
  type: 'AWS::Events::Rule',
  schema: ruleSchema,
  replacement: ['Name', 'EventBusName'],
  nameProperty: 'Name',
  create: async (it) => {
    const Name = it.properties.Name ?? it.generatedName(64);
    await putRule(it, Name);
    const bus = busOf(it.properties.EventBusName);
    const isDefault = bus === 'default';
    const Arn = arnOf('events', `rule/${isDefault ? '' : `${bus}/`}${Name}`);
    return { id: isDefault ? Name : `${bus}|${Name}`, attributes: { Arn } };
  },
  complete: (it, { id }) => putTargets(it, ruleName(id)),
  update: async (it, { id }, previous) => {
    const kept = new Set((it.properties.Targets ?? []).map(({ Id }) => Id));
    await putRule(it, ruleName(id));
    await putTargets(it, ruleName(id));
    const dropped = (previous.Targets ?? []).map(({ Id }) => Id).filter((targetId) => !kept.has(targetId));
    await removeTargets(it, ruleName(id), dropped);
  },
  delete: async (it, { id }) => {
    const { EventBusName, Targets = [] } = it.properties;
    const targetIds = Targets.map(({ Id }) => Id);
    await removeTargets(it, ruleName(id), targetIds);
    await it.call('events', 'DeleteRule', { Name: ruleName(id), EventBusName });
  },
});

const eventBus = resource({
  type: 'AWS::Events::EventBus',
  schema: object({
    Description: text.optional(),
    KmsKeyIdentifier: text.optional(),
    Name: text,
    Tags: tagList.optional(),
  }),
  replacement: ['Name'],
  nameProperty: 'Name',
  notImplemented: ['DeadLetterConfig', 'EventSourceName', 'Policy', 'LogConfig'],
  create: async ({ properties, call }) => {
    const { EventBusArn } = await call<{ EventBusArn?: string }>('events', 'CreateEventBus', properties);
    const Arn = EventBusArn ?? arnOf('events', `event-bus/${properties.Name}`);
    return { id: properties.Name, attributes: { Arn, Name: properties.Name } };
  },
  update: async ({ properties: { Tags: _tags, ...input }, call }) => {
    await call('events', 'UpdateEventBus', input);
  },
  delete: ({ call }, { id }) => call('events', 'DeleteEventBus', { Name: id }),
});

export const eventsTypes = [rule, eventBus];
