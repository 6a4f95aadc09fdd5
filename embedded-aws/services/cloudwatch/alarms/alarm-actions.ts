import { type EmbeddedAws, NotImplemented } from '../../../kernel/aws.ts';
import type { AlarmRecord } from './alarm.ts';
import type { AlarmHistory } from './alarm-history.ts';
import { lambdaPayload, snsMessage, snsSubject, type Transition } from './alarm-messages.ts';

/** Does what an alarm is to do on a transition, and writes into its history how that went. */
export class AlarmActions {
  private readonly aws: EmbeddedAws;
  private readonly history: AlarmHistory;

  constructor(aws: EmbeddedAws, history: AlarmHistory) {
    this.aws = aws;
    this.history = history;
  }

  /** Runs one action after the other; one that fails is recorded and does not stop the rest. */
  async run(transition: Transition, metricId: string): Promise<void> {
    const { alarm, to } = transition;
    if (!alarm.actionsEnabled) return;
    for (const action of actionsFor(alarm, to.value)) {
      const data = { notificationResource: action, stateUpdateTimestamp: to.atMs };
      try {
        await this.perform(action, transition, metricId);
        const message = { actionState: 'Succeeded', ...data };
        this.history.add(alarm, 'Action', `Successfully executed action ${action}`, message);
      } catch (error) {
        const text = textOf(error);
        const summary = `Failed to execute action ${action}. Received error: "${text}"`;
        this.history.add(alarm, 'Action', summary, { actionState: 'Failed', ...data, error: text });
      }
    }
  }

  private async perform(action: string, transition: Transition, metricId: string): Promise<void> {
    const sourceArn = transition.alarm.arn;
    const service = action.split(':')[2];
    if (service === 'sns') {
      const caller = { kind: 'service', principal: 'cloudwatch.amazonaws.com', sourceArn } as const;
      const Message = JSON.stringify(snsMessage(transition));
      await this.aws.call(caller, 'sns', 'Publish', { TopicArn: action, Subject: snsSubject(transition), Message });
    } else if (service === 'lambda') {
      const caller = { kind: 'service', principal: 'lambda.alarms.cloudwatch.amazonaws.com', sourceArn } as const;
      const Payload = Buffer.from(JSON.stringify(lambdaPayload(transition, metricId)));
      await this.aws.call(caller, 'lambda', 'Invoke', { FunctionName: action, InvocationType: 'Event', Payload });
    } else {
      throw new NotImplemented('monitoring', `alarm action ${action}`);
    }
  }
}

/** Of a key CloudWatch says no more than this, as its knowledge base quotes it. */
const NO_KEY = 'CloudWatch Alarms does not have authorization to access the SNS topic encryption key.';

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'KMSAccessDenied' ? NO_KEY : error.message;
}

function actionsFor({ config }: AlarmRecord, state: string): readonly string[] {
  switch (state) {
    case 'ALARM':
      return config.AlarmActions ?? [];
    case 'OK':
      return config.OKActions ?? [];
    default:
      return config.InsufficientDataActions ?? [];
  }
}
