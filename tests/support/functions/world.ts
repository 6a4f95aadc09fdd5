import {
  APIGatewayClient,
  GetAccountCommand,
  GetRestApiCommand,
  GetStageCommand,
  GetUsagePlansCommand,
  UpdateStageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { ControlDependencies } from '../../../functions/control/dependencies.ts';
import { createGateway } from '../../../shared/gateway/api-gateway.ts';
import type { Conclusion, Law } from '../../../shared/law/types.ts';
import { announceThrough } from '../../../shared/platform/aws/events.ts';
import { createParameters } from '../../../shared/platform/aws/parameters.ts';
import { wakeUpsThrough } from '../../../shared/platform/aws/queue.ts';
import type { PublishMetrics } from '../../../shared/platform/metrics.ts';
import type { Damage, Table } from '../../../shared/state/items/table.ts';
import { metricsReader } from '../../../shared/telemetry/cloudwatch.ts';

export const T0 = Date.UTC(2031, 0, 1);
export const API = { apiId: 'abc123def4', stage: 'dev' };
export const BASELINE = {
  ...API,
  stageLimit: { rateRps: 2000, burst: 5000 },
  tiers: {
    premium: { planId: 'planP', rateRps: 2000, burst: 5000 },
    basic: { planId: 'planB', rateRps: 100, burst: 200 },
  },
};
export const POLICY_NAME = '/tidegate/dev/policies/default';
export const OVERRIDE_NAME = '/tidegate/dev/overrides/default';
/** Who puts every parameter of this world. */
export const AUTHOR = 'arn:aws:iam::123456789012:user/operator';
export const SCHEDULE = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
export const ALARM = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'tidegate-dev-latency', state: { value: 'ALARM' } },
};

/** What the queue of control's own looks delivers. */
export const PUT_OFF_LOOK = { Records: [{ messageId: 'm', eventSource: 'aws:sqs', body: '{}', attributes: {} }] };
const PLAN_WRITES_URL = 'https://sqs/plan-writes';
const LOOKS_URL = 'https://sqs/looks';

interface Setting {
  throttlingRateLimit: number;
  throttlingBurstLimit: number;
}

interface Operation {
  path: string;
  value: string;
}

interface StoredParameter {
  Name: string;
  Value: string;
  Version: number;
  LastModifiedDate?: Date;
  Type?: 'String' | 'SecureString';
  /** Whether the functions may not use its key. */
  isSealed?: boolean;
}

/** A `SecureString` as it is answered without decryption. */
export const CIPHERTEXT = 'AQICAHi5b3Vyc2VsZg==';
const SWITCH_NAME = '/tidegate/dev/switch';

/** API Gateway, Parameter Store, CloudWatch, the bus and the queue as far as the functions see them. */
export class World {
  now = T0;
  stage: Record<string, Setting> = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
  plans: Record<string, { rateLimit: number; burstLimit: number }> = {
    planP: { rateLimit: 2000, burstLimit: 5000 },
    planB: { rateLimit: 100, burstLimit: 200 },
  };
  parameters: StoredParameter[] = [];
  switch: string | undefined = 'run';
  /** Whether stage writes are done, but never answered. */
  failsAfterActing = false;
  readonly published: Parameters<PublishMetrics>[] = [];
  readonly logged: string[] = [];
  /** What could not be used of the table. */
  readonly damages: Damage[] = [];
  readonly aws = mockClient(APIGatewayClient);
  readonly ssm = mockClient(SSMClient);
  readonly cloudWatch = mockClient(CloudWatchClient);
  readonly events = mockClient(EventBridgeClient);
  readonly queue = mockClient(SQSClient);

  constructor() {
    this.policy({ mode: 'enforce' });
    const { aws, ssm } = this;
    aws.on(GetAccountCommand).resolves({ throttleSettings: { rateLimit: 10_000, burstLimit: 5_000 } });
    aws.on(GetRestApiCommand).resolves({ name: 'dev-tidegate' });
    aws.on(GetStageCommand).callsFake(() => ({ methodSettings: structuredClone(this.stage) }));
    aws.on(GetUsagePlansCommand).callsFake(() => ({
      items: Object.entries(this.plans).map(([id, throttle]) => ({ id, throttle })),
    }));
    aws.on(UpdateStageCommand).callsFake((input) => this.patchStage(input.patchOperations));
    aws.on(UpdateUsagePlanCommand).callsFake((input) => this.patchPlan(input.usagePlanId, input.patchOperations));
    ssm.on(GetParametersByPathCommand).callsFake(({ Path }: { Path: string }) => ({
      Parameters: this.parameters
        .filter(({ Name }) => Name.startsWith(`${Path}/`))
        .map((each) => (each.Type === 'SecureString' ? { ...each, Value: CIPHERTEXT } : each)),
    }));
    ssm.on(GetParameterHistoryCommand).callsFake(({ Name }: { Name: string }) => ({
      Parameters: this.parameters
        .filter((each) => each.Name === Name)
        .map((each) => ({ ...each, LastModifiedUser: AUTHOR })),
    }));
    ssm.on(GetParameterCommand).callsFake((input) => this.getParameter(input));
    this.cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    this.events.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    this.queue.on(SendMessageCommand).resolves({});
  }

  /** CloudWatch's answer: requests counted and logged by the start of their minute; the other series are silent. */
  counts(minutes: Readonly<Record<number, { readonly counted: number; readonly logged: number }>>): void {
    const known = Object.entries(minutes);
    this.cloudWatch.on(GetMetricDataCommand).callsFake((input: { MetricDataQueries: { Id: string }[] }) => ({
      MetricDataResults: input.MetricDataQueries.map(({ Id }) => {
        const name = ({ count0: 'counted', logged0: 'logged' } as const)[Id];
        const points = known.flatMap(([startMs, minute]) =>
          name && minute[name] > 0 ? [[Number(startMs), minute[name]] as const] : [],
        );
        const Timestamps = points.map(([startMs]) => new Date(startMs));
        return { Id, StatusCode: 'Complete', Timestamps, Values: points.map(([, value]) => value) };
      }),
    }));
  }

  policy(document: object, version = 1): void {
    const value = JSON.stringify({ api: 'abc123def4/dev', ...document });
    this.parameters = [{ Name: POLICY_NAME, Value: value, Version: version }];
  }

  /** Puts the override parameter now; without a document it is deleted. */
  override(document?: object, version = 1): void {
    this.parameters = this.parameters.filter(({ Name }) => Name !== OVERRIDE_NAME);
    if (!document) return;
    const Value = JSON.stringify(document);
    this.parameters.push({ Name: OVERRIDE_NAME, Value, Version: version, LastModifiedDate: new Date(this.now) });
  }

  restore(): void {
    for (const mock of [this.aws, this.ssm, this.cloudWatch, this.events, this.queue]) mock.restore();
  }

  /** The values of a metric, in the order in which they were published. */
  metric(name: string): number[] {
    return this.published.flatMap(([, metrics]) =>
      metrics.filter((each) => each.name === name).flatMap((each) => each.values),
    );
  }

  /** The delays, in seconds, of what was sent to wake the plan writer. */
  wakeUpDelays(): (number | undefined)[] {
    return this.delaysTo(PLAN_WRITES_URL);
  }

  /** ... and to wake control itself. */
  lookDelays(): (number | undefined)[] {
    return this.delaysTo(LOOKS_URL);
  }

  private delaysTo(queueUrl: string): (number | undefined)[] {
    const inputs = this.queue.commandCalls(SendMessageCommand).map((call) => call.args[0].input);
    return inputs.filter(({ QueueUrl }) => QueueUrl === queueUrl).map(({ DelaySeconds }) => DelaySeconds);
  }

  announced(): { type: string | undefined; detail: Record<string, unknown> }[] {
    return this.events.commandCalls(PutEventsCommand).flatMap((call) =>
      (call.args[0].input.Entries ?? []).map((entry) => ({
        type: entry.DetailType,
        detail: JSON.parse(entry.Detail ?? '{}') as Record<string, unknown>,
      })),
    );
  }

  dependencies(table: Table, law: Law<unknown>): ControlDependencies {
    const region = { region: 'us-east-1' };
    const log = (message: string, facts?: unknown) =>
      void this.logged.push(`${message} ${JSON.stringify(facts ?? {})}`);
    return {
      clock: { now: () => this.now },
      table: { ...table, clock: { now: () => this.now }, report: (damage) => void this.damages.push(damage) },
      gateway: createGateway(new APIGatewayClient(region)),
      parameters: createParameters(new SSMClient(region)),
      readMetrics: metricsReader(new CloudWatchClient(region)),
      sendWakeUp: wakeUpsThrough(new SQSClient(region), PLAN_WRITES_URL),
      sendLook: wakeUpsThrough(new SQSClient(region), LOOKS_URL),
      announce: announceThrough(new EventBridgeClient(region)),
      publish: (...entry) => void this.published.push(entry),
      logger: { info: log, warn: log, error: log } as unknown as ControlDependencies['logger'],
      law,
      baseline: BASELINE,
      parameterPrefix: '/tidegate/dev',
    };
  }

  private getParameter({ Name, WithDecryption }: { Name: string; WithDecryption?: boolean }) {
    const found = this.parameters.find((each) => each.Name === Name);
    if (!found && Name === SWITCH_NAME && this.switch !== undefined)
      return { Parameter: { Name, Value: this.switch, Version: 1 } };
    if (!found) throw Object.assign(new Error('none'), { name: 'ParameterNotFound' });
    if (found.Type !== 'SecureString') return { Parameter: found };
    if (!WithDecryption) return { Parameter: { ...found, Value: CIPHERTEXT } };
    if (found.isSealed)
      throw Object.assign(new Error('not authorized to perform: kms:Decrypt'), { name: 'AccessDeniedException' });
    return { Parameter: found };
  }

  private patchStage(operations: Operation[]) {
    for (const { path, value } of operations) {
      const [, key = '', field] = /^\/(.+)\/throttling\/(rateLimit|burstLimit)$/.exec(path) ?? [];
      const setting = this.stage[key] ?? { throttlingRateLimit: 10_000, throttlingBurstLimit: 5_000 };
      this.stage[key] = setting;
      setting[field === 'rateLimit' ? 'throttlingRateLimit' : 'throttlingBurstLimit'] = Number(value);
    }
    if (this.failsAfterActing) throw new Error('timeout');
    return { methodSettings: structuredClone(this.stage) };
  }

  private patchPlan(planId: string, operations: Operation[]) {
    const throttle = { rateLimit: Number(operations[0]?.value), burstLimit: Number(operations[1]?.value) };
    this.plans[planId] = throttle;
    return { id: planId, throttle };
  }
}

export const CONCLUSION: Conclusion = {
  kind: 'hold',
  verdict: 'trustworthy',
  rule: 'test-rule',
  reason: 'Because.',
  wouldChange: 'Nothing.',
  estimates: {},
};
