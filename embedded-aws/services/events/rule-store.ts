import type { PutRuleRequest, Target } from '@aws-sdk/client-eventbridge';
import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cancel } from '../../kernel/simulation-clock.ts';
import type { EventPattern } from './pattern.ts';
import { parsePattern } from './pattern-syntax.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

export const DEFAULT_BUS = 'default';

export interface Rule {
  readonly name: string;
  readonly busName: string;
  readonly arn: string;
  description: string | undefined;
  roleArn: string | undefined;
  patternText: string | undefined;
  pattern: EventPattern | undefined;
  scheduleExpression: string | undefined;
  schedule: Schedule | undefined;
  isEnabled: boolean;
  /** By id, in the order they were put. */
  readonly targets: Map<string, Target>;
  readonly tags: Map<string, string>;
  cancelSchedule: Cancel | undefined;
}

export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly rules: Map<string, Rule>;
}

/** The name of a bus given by name or ARN. */
export function busNameOf(nameOrArn: string | undefined): string {
  return nameOrArn?.split('/').at(-1) ?? DEFAULT_BUS;
}

export function busArn(name: string): string {
  return `arn:aws:events:${REGION}:${ACCOUNT_ID}:event-bus/${name}`;
}

export function ruleArn(busName: string, name: string): string {
  const path = busName === DEFAULT_BUS ? name : `${busName}/${name}`;
  return `arn:aws:events:${REGION}:${ACCOUNT_ID}:rule/${path}`;
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message, { status: 400 });
}

export function missing(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { status: 400 });
}

/** Buses and their rules. */
export class RuleStore {
  readonly buses = new Map<string, EventBus>();

  constructor() {
    this.createBus(DEFAULT_BUS);
  }

  createBus(name: string): EventBus {
    if (this.buses.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`, { status: 400 });
    }
    const bus = { name, arn: busArn(name), rules: new Map<string, Rule>() };
    this.buses.set(name, bus);
    return bus;
  }

  /** @throws ResourceNotFoundException */
  bus(nameOrArn: string | undefined): EventBus {
    const name = busNameOf(nameOrArn);
    const bus = this.buses.get(name);
    if (!bus) throw missing(`Event bus ${name} does not exist.`);
    return bus;
  }

  /** @throws ResourceNotFoundException */
  rule(name: string | undefined, bus: string | undefined): Rule {
    const rule = this.bus(bus).rules.get(name ?? '');
    if (!rule) throw missing(`Rule ${name} does not exist on EventBus ${busNameOf(bus)}.`);
    return rule;
  }

  ruleByArn(arn: string | undefined): Rule {
    const path = arn?.split(':rule/').at(-1)?.split('/') ?? [];
    return this.rule(path.at(-1), path.length > 1 ? path[0] : undefined);
  }

  /** Makes a rule, or changes the one of that name and keeps its targets. @throws as EventBridge does */
  put(input: PutRuleRequest): Rule {
    const bus = this.bus(input.EventBusName);
    const name = input.Name ?? '';
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) {
      throw validation(
        `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
      );
    }
    const settings = checkedSettings(input, bus.name);
    const existing = bus.rules.get(name);
    const tags = existing?.tags ?? new Map((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
    const targets = existing?.targets ?? new Map<string, Target>();
    existing?.cancelSchedule?.();
    const arn = ruleArn(bus.name, name);
    const rule: Rule = { name, busName: bus.name, arn, ...settings, targets, tags, cancelSchedule: undefined };
    bus.rules.set(name, rule);
    return rule;
  }

  /** @throws ValidationException while the rule has targets. */
  delete(name: string | undefined, bus: string | undefined): void {
    const rules = this.bus(bus).rules;
    const rule = rules.get(name ?? '');
    if (!rule) return;
    if (rule.targets.size > 0) throw validation("Rule can't be deleted since it has targets.");
    rule.cancelSchedule?.();
    rules.delete(rule.name);
  }
}

function checkedSettings(input: PutRuleRequest, busName: string) {
  const { ScheduleExpression: scheduleExpression, EventPattern: patternText } = input;
  if (!scheduleExpression && !patternText) {
    throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (scheduleExpression && busName !== DEFAULT_BUS) {
    throw validation('ScheduleExpression is supported only on the default event bus.');
  }
  const schedule = scheduleExpression ? parseSchedule(scheduleExpression) : undefined;
  if (scheduleExpression && !schedule) throw validation('Parameter ScheduleExpression is not valid.');
  return {
    description: input.Description,
    roleArn: input.RoleArn,
    patternText,
    pattern: patternText ? checkedPattern(patternText) : undefined,
    scheduleExpression,
    schedule,
    isEnabled: input.State !== 'DISABLED',
  };
}

function checkedPattern(text: string): EventPattern {
  try {
    return parsePattern(text);
  } catch (error) {
    const reason = `Event pattern is not valid. Reason: ${(error as Error).message}`;
    throw new AwsError('InvalidEventPatternException', reason, { status: 400 });
  }
}
