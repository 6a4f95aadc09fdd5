import type { PutCompositeAlarmInput, PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';
import { ACCOUNT_ID, REGION } from '../../../kernel/aws.ts';
import type { Cancel } from '../../../kernel/simulation-clock.ts';
import type { CompositeRule } from './composite-rule.ts';

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** A JSON document as text, absent if none was given. */
  readonly reasonData: string | undefined;
  readonly atMs: number;
}

interface AlarmCommon {
  readonly name: string;
  readonly arn: string;
  configuredMs: number;
  actionsEnabled: boolean;
  state: AlarmState;
  readonly tags: Map<string, string>;
}

export interface MetricAlarmRecord extends AlarmCommon {
  readonly kind: 'metric';
  config: PutMetricAlarmInput;
  /** Ends its evaluation. */
  stop: Cancel;
}

export interface CompositeAlarmRecord extends AlarmCommon {
  readonly kind: 'composite';
  config: PutCompositeAlarmInput;
  rule: CompositeRule;
}

export type AlarmRecord = MetricAlarmRecord | CompositeAlarmRecord;

export const alarmArn = (name: string): string => `arn:aws:cloudwatch:${REGION}:${ACCOUNT_ID}:alarm:${name}`;

/** AWS's way to write an instant in alarm documents: `2031-01-01T00:00:00.000+0000`. */
export const alarmTime = (atMs: number): string => new Date(atMs).toISOString().replace('Z', '+0000');
