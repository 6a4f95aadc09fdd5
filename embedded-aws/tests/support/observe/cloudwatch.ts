import { DEVELOPER } from '../../../kernel/aws.ts';
import { CloudWatchService } from '../../../services/cloudwatch/cloudwatch-service.ts';
import { fakeLambda } from './fake-lambda.ts';
import { virtualAws } from './virtual-aws.ts';

export interface AlarmEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Record<string, unknown>;
}

/** A CloudWatch in virtual time, beside an SNS and a Lambda that remember what reached them. */
export async function cloudWatch(seed = 1) {
  const { aws, clock } = await virtualAws(seed);
  const lambda = fakeLambda(aws);
  const events: AlarmEvent[] = [];
  const notifications: { TopicArn: string; Subject: string; Message: string }[] = [];
  aws.install({
    name: 'sns',
    operations: { Publish: (input: (typeof notifications)[number]) => void notifications.push(input) },
  });
  const service = new CloudWatchService(aws, { publish: (event) => void events.push(event) });
  aws.install(service);
  const call = <Output = Record<string, unknown>>(operation: string, input: object) =>
    aws.call<Output>(DEVELOPER, 'monitoring', operation, input);
  return { aws, clock, lambda, events, notifications, service, call };
}
