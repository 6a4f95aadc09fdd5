import type { PutCompositeAlarmInput, PutMetricAlarmInput, SetAlarmStateInput } from '@aws-sdk/client-cloudwatch';
import { AwsError, type EmbeddedAws, NotImplemented } from '../../../kernel/aws.ts';
import { hash32 } from '../../../kernel/random.ts';
import { missingParameter, validationError } from '../cloudwatch-errors.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import {
  type AlarmRecord,
  type AlarmState,
  alarmArn,
  alarmTime,
  type CompositeAlarmRecord,
  type MetricAlarmRecord,
} from './alarm.ts';
import { AlarmActions } from './alarm-actions.ts';
import { alarmDatapoints, evaluationStepMs } from './alarm-data.ts';
import { evaluateAlarm } from './alarm-evaluation.ts';
import { AlarmHistory } from './alarm-history.ts';
import { transitionView } from './alarm-messages.ts';
import { reasonData, reasonText } from './alarm-reason.ts';
import { assertMetricAlarm, ruleOf } from './alarm-rules.ts';
import { type CompositeRule, parseCompositeRule } from './composite-rule.ts';

/** What CloudWatch tells the default event bus. */
export interface AlarmEvents {
  publish(event: { source: string; 'detail-type': string; resources: string[]; detail: Record<string, unknown> }): void;
}

const STATES: readonly string[] = ['INSUFFICIENT_DATA', 'ALARM', 'OK'];

/** All alarms: their life, their evaluation and what follows from a change of state. */
export class Alarms {
  readonly history: AlarmHistory;
  private readonly aws: EmbeddedAws;
  private readonly store: MetricStore;
  private readonly events: AlarmEvents;
  private readonly actions: AlarmActions;
  private readonly alarms = new Map<string, AlarmRecord>();

  constructor(aws: EmbeddedAws, store: MetricStore, events: AlarmEvents) {
    this.aws = aws;
    this.store = store;
    this.events = events;
    this.history = new AlarmHistory(aws.clock);
    this.actions = new AlarmActions(aws, this.history);
  }

  all(): AlarmRecord[] {
    return [...this.alarms.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): AlarmRecord | undefined {
    return this.alarms.get(name);
  }

  /** Creates an alarm, or changes one and keeps its state. @throws AwsError as PutMetricAlarm would. */
  putMetric(config: PutMetricAlarmInput): void {
    assertMetricAlarm(config);
    const existing = this.alarms.get(config.AlarmName ?? '');
    if (existing?.kind === 'composite') throw validationError('A composite alarm of this name exists.');
    if (existing) existing.stop();
    const alarm: MetricAlarmRecord = {
      ...this.common(config, existing, 'Unchecked: Initial alarm creation', 'INSUFFICIENT_DATA'),
      kind: 'metric',
      config,
      stop: () => {},
    };
    this.alarms.set(alarm.name, alarm);
    this.noteConfiguration(alarm, existing !== undefined);
    // Every alarm has its own place within the minute, as in reality.
    const stepMs = evaluationStepMs(config);
    alarm.stop = this.aws.clock.every(stepMs, hash32(alarm.name) % stepMs, () => this.evaluate(alarm));
  }

  /** @throws AwsError as PutCompositeAlarm would; NotImplemented with a suppressor. */
  putComposite(config: PutCompositeAlarmInput): void {
    if (!config.AlarmName) throw missingParameter('AlarmName');
    if (config.ActionsSuppressor) throw new NotImplemented('monitoring', 'PutCompositeAlarm with ActionsSuppressor');
    const rule = parseCompositeRule(config.AlarmRule ?? '');
    const unknown = rule.children.filter((name) => !this.alarms.has(name));
    if (unknown.length > 0) {
      throw validationError(
        `Could not save the composite alarm as alarms [${unknown.join(', ')}] in the alarm rule do not exist`,
      );
    }
    const existing = this.alarms.get(config.AlarmName);
    if (existing?.kind === 'metric') throw validationError('A metric alarm of this name exists.');
    const value = this.compositeState(rule);
    const reason = `${alarmArn(config.AlarmName)} was created and its alarm rule evaluates to ${value}`;
    const alarm: CompositeAlarmRecord = {
      ...this.common(config, existing, reason, value),
      kind: 'composite',
      config,
      rule,
    };
    this.alarms.set(alarm.name, alarm);
    this.noteConfiguration(alarm, existing !== undefined);
  }

  delete(name: string): void {
    const alarm = this.alarms.get(name);
    if (!alarm) return;
    if (alarm.kind === 'metric') alarm.stop();
    this.alarms.delete(name);
    this.history.add(alarm, 'ConfigurationUpdate', `Alarm "${name}" deleted`, { version: '1.0', type: 'Delete' });
  }

  /** @throws AwsError ResourceNotFound, with an empty message as recorded; ValidationError for a state that is none. */
  async setState(input: SetAlarmStateInput): Promise<void> {
    const { AlarmName = '', StateValue: value, StateReason: reason = '', StateReasonData } = input;
    if (value === undefined || !STATES.includes(value)) {
      throw validationError(
        `1 validation error detected: Value '${value}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`,
      );
    }
    const alarm = this.alarms.get(AlarmName);
    if (!alarm) throw new AwsError('ResourceNotFound', '', { status: 404 });
    await this.enter(alarm, { value, reason, reasonData: StateReasonData, atMs: this.aws.clock.now() });
  }

  private async evaluate(alarm: MetricAlarmRecord): Promise<void> {
    const { config } = alarm;
    const nowMs = this.aws.clock.now();
    const rule = ruleOf(config);
    const verdict = evaluateAlarm(alarmDatapoints(this.store, config, nowMs), rule);
    if (verdict.state === undefined || verdict.state === alarm.state.value) return;
    await this.enter(alarm, {
      value: verdict.state,
      reason: reasonText(config, verdict, verdict.state, rule.breaches),
      reasonData: reasonData(config, verdict.evaluated, nowMs),
      atMs: nowMs,
    });
  }

  /** Everything that follows from a state, and it follows only when the state is another one. */
  private async enter(alarm: AlarmRecord, to: AlarmState): Promise<void> {
    const from = alarm.state;
    alarm.state = to;
    if (from.value === to.value) return;
    const transition = { alarm, from, to };
    const metricId = this.aws.ids.uuid('alarm-metric', alarm.name);
    this.history.addTransition(transition);
    this.events.publish({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [alarm.arn],
      detail: transitionView(transition, metricId),
    });
    await this.actions.run(transition, metricId);
    await this.enterParents(alarm);
  }

  private async enterParents(child: AlarmRecord): Promise<void> {
    for (const parent of this.all()) {
      if (parent.kind !== 'composite' || !parent.rule.children.includes(child.name)) continue;
      const value = this.compositeState(parent.rule);
      if (value !== parent.state.value) await this.enter(parent, this.stateAfter(child, value));
    }
  }

  private stateAfter(child: AlarmRecord, value: 'ALARM' | 'OK'): AlarmState {
    const atMs = this.aws.clock.now();
    const state = { value: child.state.value, timestamp: alarmTime(child.state.atMs) };
    return {
      value,
      reason: `${child.arn} transitioned to ${child.state.value} at ${longTime(atMs)}`,
      reasonData: JSON.stringify({ triggeringAlarms: [{ arn: child.arn, state }] }),
      atMs,
    };
  }

  private compositeState(rule: CompositeRule): 'ALARM' | 'OK' {
    return rule.evaluate((name) => this.alarms.get(name)?.state.value) ? 'ALARM' : 'OK';
  }

  private common(
    config: PutMetricAlarmInput | PutCompositeAlarmInput,
    existing: AlarmRecord | undefined,
    reason: string,
    value: AlarmState['value'],
  ) {
    const name = config.AlarmName ?? '';
    const atMs = this.aws.clock.now();
    const tags = new Map((config.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
    return {
      name,
      arn: alarmArn(name),
      configuredMs: atMs,
      actionsEnabled: config.ActionsEnabled ?? true,
      state: existing?.state ?? { value, reason, reasonData: undefined, atMs },
      // Tags are only read at creation; later they change through TagResource.
      tags: existing?.tags ?? tags,
    };
  }

  private noteConfiguration(alarm: AlarmRecord, isUpdate: boolean): void {
    const summary = `Alarm "${alarm.name}" ${isUpdate ? 'updated' : 'created'}`;
    this.history.add(alarm, 'ConfigurationUpdate', summary, { version: '1.0', type: isUpdate ? 'Update' : 'Create' });
  }
}

/** As composite alarms write it: `Friday 19 September, 2025 12:00:00 UTC`. */
function longTime(atMs: number): string {
  const date = new Date(atMs);
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' }).format(date);
  const day = `${part({ weekday: 'long' })} ${String(date.getUTCDate()).padStart(2, '0')} ${part({ month: 'long' })}`;
  return `${day}, ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} UTC`;
}
