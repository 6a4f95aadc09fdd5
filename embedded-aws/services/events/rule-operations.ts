import type {
  CreateEventBusRequest,
  DeleteRuleRequest,
  DescribeRuleRequest,
  ListRulesRequest,
  ListTagsForResourceRequest,
  ListTargetsByRuleRequest,
  PutRuleRequest,
  PutTargetsRequest,
  RemoveTargetsRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-eventbridge';
import { ACCOUNT_ID, type Service } from '../../kernel/aws.ts';
import { busNameOf, DEFAULT_BUS, type Rule, type RuleStore, validation } from './rule-store.ts';
import { putTargets } from './targets.ts';

/** Everything about rules and buses but the events. `arrange` starts or stops a rule's schedule after a change. */
export function ruleOperations(store: RuleStore, arrange: (rule: Rule) => void): Service['operations'] {
  const setState = (isEnabled: boolean) => (input: DescribeRuleRequest) => {
    const rule = store.rule(input.Name, input.EventBusName);
    rule.isEnabled = isEnabled;
    arrange(rule);
    return {};
  };
  return {
    PutRule: (input: PutRuleRequest) => {
      const rule = store.put(input);
      arrange(rule);
      return { RuleArn: rule.arn };
    },
    DescribeRule: (input: DescribeRuleRequest) => ({
      ...describe(store.rule(input.Name, input.EventBusName)),
      CreatedBy: ACCOUNT_ID,
    }),
    DeleteRule: (input: DeleteRuleRequest) => {
      store.delete(input.Name, input.EventBusName);
      return {};
    },
    EnableRule: setState(true),
    DisableRule: setState(false),
    ListRules: (input: ListRulesRequest) => {
      const rules = [...store.bus(input.EventBusName).rules.values()];
      return { Rules: rules.filter(({ name }) => name.startsWith(input.NamePrefix ?? '')).map(describe) };
    },
    ...targetOperations(store),
    ...tagOperations(store),
    ...busOperations(store),
  };
}

function describe(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    State: rule.isEnabled ? 'ENABLED' : 'DISABLED',
    EventBusName: rule.busName,
    ...(rule.patternText !== undefined && { EventPattern: rule.patternText }),
    ...(rule.scheduleExpression !== undefined && { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.description !== undefined && { Description: rule.description }),
    ...(rule.roleArn !== undefined && { RoleArn: rule.roleArn }),
  };
}

function targetOperations(store: RuleStore): Service['operations'] {
  return {
    PutTargets: (input: PutTargetsRequest) => {
      putTargets(store.rule(input.Rule, input.EventBusName), input.Targets ?? []);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    RemoveTargets: (input: RemoveTargetsRequest) => {
      const { targets } = store.rule(input.Rule, input.EventBusName);
      for (const id of input.Ids ?? []) targets.delete(id);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule: (input: ListTargetsByRuleRequest) => ({
      Targets: [...store.rule(input.Rule, input.EventBusName).targets.values()],
    }),
    ListRuleNamesByTarget: (input: { TargetArn?: string; EventBusName?: string }) => {
      const rules = [...store.bus(input.EventBusName).rules.values()];
      const isTargeted = (rule: Rule) => [...rule.targets.values()].some(({ Arn }) => Arn === input.TargetArn);
      return { RuleNames: rules.filter(isTargeted).map(({ name }) => name) };
    },
  };
}

function tagOperations(store: RuleStore): Service['operations'] {
  return {
    ListTagsForResource: (input: ListTagsForResourceRequest) => ({
      Tags: [...store.ruleByArn(input.ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })),
    }),
    TagResource: (input: TagResourceRequest) => {
      const { tags } = store.ruleByArn(input.ResourceARN);
      for (const { Key = '', Value = '' } of input.Tags ?? []) tags.set(Key, Value);
      return {};
    },
    UntagResource: (input: UntagResourceRequest) => {
      const { tags } = store.ruleByArn(input.ResourceARN);
      for (const key of input.TagKeys ?? []) tags.delete(key);
      return {};
    },
  };
}

function busOperations(store: RuleStore): Service['operations'] {
  return {
    CreateEventBus: (input: CreateEventBusRequest) => ({ EventBusArn: store.createBus(input.Name ?? '').arn }),
    DescribeEventBus: (input: { Name?: string }) => {
      const { name, arn } = store.bus(input.Name);
      return { Name: name, Arn: arn };
    },
    ListEventBuses: () => ({
      EventBuses: [...store.buses.values()].map(({ name, arn }) => ({ Name: name, Arn: arn })),
    }),
    DeleteEventBus: (input: { Name?: string }) => {
      const name = busNameOf(input.Name);
      if (name === DEFAULT_BUS) throw validation('Cannot delete event bus default.');
      const bus = store.buses.get(name);
      if (bus && bus.rules.size > 0) throw validation(`Cannot delete event bus ${name} while it has rules.`);
      store.buses.delete(name);
      return {};
    },
  };
}
