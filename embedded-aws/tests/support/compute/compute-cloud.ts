import { type Caller, DEVELOPER, EmbeddedAws, type Service } from '../../../kernel/aws.ts';
import { AwsError } from '../../../kernel/aws-error.ts';
import { SimulationClock } from '../../../kernel/simulation-clock.ts';
import { EventsService } from '../../../services/events/events-service.ts';
import { LambdaService } from '../../../services/lambda/lambda-service.ts';
import { SnsService } from '../../../services/sns/sns-service.ts';
import { SqsService } from '../../../services/sqs/sqs-service.ts';
import type { VendedMetric } from '../../../services/vended-metric.ts';

export const EPOCH_MS = Date.UTC(2031, 0, 1);
export const ENDPOINT = 'http://127.0.0.1:4566';
export const ROLE_ARN = 'arn:aws:iam::123456789012:role/function-role';

export type ComputeCloud = Awaited<ReturnType<typeof createComputeCloud>>;

/** Lambda, SQS, SNS and EventBridge with virtual time, a log that keeps its lines, and denials by action. */
export async function createComputeCloud(options: { readonly isVirtual?: boolean; readonly endpoint?: string } = {}) {
  const taskErrors: unknown[] = [];
  const clock = new SimulationClock({ onError: (error) => taskErrors.push(error) });
  const aws = new EmbeddedAws({ clock, seed: 1 });
  const denied = new Set<string>();
  aws.setAuthorize((caller, service, operation, input) => {
    const action = service.permission?.(operation, input).action ?? `${service.name}:${operation}`;
    if (caller.kind !== 'developer' && denied.has(action)) throw new AwsError('AccessDeniedException', `no ${action}`);
  });
  const metrics: VendedMetric[] = [];
  const record = (datum: VendedMetric) => void metrics.push(datum);
  const endpoint = () => options.endpoint ?? ENDPOINT;
  const sqs = new SqsService(aws, { record, endpoint });
  const watchQueue: SqsService['watch'] = (queueArn, onArrival) => sqs.watch(queueArn, onArrival);
  const lambda = new LambdaService(aws, { record, endpoint, watchQueue });
  const sns = new SnsService(aws, { endpoint });
  const events = new EventsService(aws, { endpoint });
  const logs = new KeptLogs();
  for (const service of [sqs, lambda, sns, events, logs]) aws.install(service);
  if (options.isVirtual !== false) await clock.goVirtual(0, EPOCH_MS);
  const close = () => {
    lambda.close();
    clock.stop();
  };
  const call = <Output = Record<string, unknown>>(service: string, operation: string, input: object, caller?: Caller) =>
    aws.call<Output>(caller ?? DEVELOPER, service, operation, input);
  const advance = (ms: number) => clock.runUntil(clock.now() + ms);
  return { aws, clock, sqs, lambda, sns, events, logs, metrics, denied, taskErrors, call, advance, close };
}

/** Stands for CloudWatch Logs: every line of every stream, in order. */
class KeptLogs implements Service {
  readonly name = 'logs';
  readonly lines: string[] = [];
  readonly groups = new Set<string>();
  readonly operations: Service['operations'] = {
    CreateLogGroup: () => ({}),
    CreateLogStream: (input: { logGroupName: string }) => {
      this.groups.add(input.logGroupName);
      return {};
    },
    PutLogEvents: (input: { logEvents: { message: string }[] }) => {
      for (const { message } of input.logEvents) this.lines.push(message);
      return {};
    },
  };
}
