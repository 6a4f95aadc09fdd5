import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import type { ConditionKeys, EmbeddedAws, Permission, Service } from '../../kernel/aws.ts';
import { hash32 } from '../../kernel/random.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import { deliver } from './delivery.ts';
import { matches } from './pattern.ts';
import { eventOf, type NewEvent, putEvents } from './put-events.ts';
import { ruleOperations } from './rule-operations.ts';
import { busArn, busNameOf, DEFAULT_BUS, type Rule, RuleStore, ruleArn } from './rule-store.ts';
import { isDue } from './schedule.ts';

export interface EventsPorts {
  /** The cloud's HTTP endpoint, for queue URLs. */
  readonly endpoint: () => string;
}

const MINUTE_MS = 60_000;

/** EventBridge: event buses, rules with patterns and schedules, and what they deliver. */
export class EventsService implements Service {
  readonly name = 'events';
  readonly operations: Service['operations'];
  private readonly aws: EmbeddedAws;
  private readonly ports: EventsPorts;
  private readonly store = new RuleStore();

  constructor(aws: EmbeddedAws, ports: EventsPorts) {
    this.aws = aws;
    this.ports = ports;
    this.operations = {
      ...ruleOperations(this.store, (rule) => this.arrange(rule)),
      PutEvents: (input: PutEventsRequest) =>
        putEvents(input, (busName, event, atMs) => this.accept(busNameOf(busName), event, atMs)),
    };
  }

  /** An event of an AWS service, on the default bus. */
  publish(event: NewEvent): void {
    this.accept(DEFAULT_BUS, event, undefined);
  }

  permission(operation: string, input: unknown): Permission {
    const action = `events:${operation}`;
    if (operation === 'PutEvents') {
      const entries = (input as PutEventsRequest).Entries ?? [];
      return { action, resources: [...new Set(entries.map(({ EventBusName }) => busArn(busNameOf(EventBusName))))] };
    }
    const { Name, Rule, EventBusName, ResourceARN } = input as Record<string, string | undefined>;
    if (ResourceARN) return { action, resources: [ResourceARN] };
    if (operation.includes('EventBus')) return { action, resources: [busArn(busNameOf(Name))] };
    return { action, resources: [Rule || Name ? ruleArn(busNameOf(EventBusName), Rule ?? Name ?? '') : '*'] };
  }

  /** The sources and detail types that a request claims for its events, so that a role can be bound to its own. */
  conditionKeys(operation: string, input: unknown): ConditionKeys {
    if (operation !== 'PutEvents') return {};
    const entries = (input as PutEventsRequest).Entries ?? [];
    return {
      'events:source': entries.flatMap(({ Source }) => Source ?? []),
      'events:detail-type': entries.flatMap(({ DetailType }) => DetailType ?? []),
    };
  }

  /** Delivers an event to every target of every rule it fits; an unknown bus takes and drops it. */
  private accept(busName: string, event: NewEvent, atMs: number | undefined): string {
    const id = randomUuid(this.aws.random(`events/ids/${busName}/${event.source ?? ''}`));
    const delivered = eventOf(event, id, atMs ?? this.aws.clock.now());
    for (const rule of this.store.buses.get(busName)?.rules.values() ?? []) {
      if (rule.isEnabled && rule.pattern && matches(rule.pattern, delivered)) this.deliverTo(rule, delivered);
    }
    return id;
  }

  private deliverTo(rule: Rule, event: ReturnType<typeof eventOf>): void {
    for (const target of rule.targets.values())
      deliver({ aws: this.aws, endpoint: this.ports.endpoint }, rule, target, event);
  }

  /** Starts or stops a rule's schedule. Rules fire somewhere inside the minute: where, depends on the rule's name. */
  private arrange(rule: Rule): void {
    rule.cancelSchedule?.();
    rule.cancelSchedule = undefined;
    const { schedule } = rule;
    if (!schedule || !rule.isEnabled) return;
    const offsetMs = hash32(rule.name) % MINUTE_MS;
    const periodMs = schedule.kind === 'rate' ? schedule.periodMs : MINUTE_MS;
    rule.cancelSchedule = this.aws.clock.every(periodMs, offsetMs, () => {
      const nowMs = this.aws.clock.now();
      if (schedule.kind === 'cron' && !isDue(schedule, nowMs)) return;
      const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [rule.arn], detail: {} };
      this.deliverTo(rule, eventOf(event, randomUuid(this.aws.random(`events/ids/${rule.arn}`)), nowMs));
    });
  }
}
