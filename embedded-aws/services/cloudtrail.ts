import { ACCOUNT_ID, type Call, type Caller, type EmbeddedAws, REGION } from '../kernel/aws.ts';
import type { TrailPort } from './apigateway/management.ts';
import type { EventsService } from './events/events-service.ts';

/** Delay from a call to CloudTrail's event on EventBridge, with its spread; AWS documents minutes, usually less. */
const DELAY_MS = { least: 2_000, most: 20_000 };

/** The account's trail: every call that is noted here reaches the default event bus a little later. */
export class CloudTrail implements TrailPort {
  private readonly aws: EmbeddedAws;
  private readonly events: Pick<EventsService, 'publish'>;

  constructor(aws: EmbeddedAws, events: Pick<EventsService, 'publish'>) {
    this.aws = aws;
    this.events = events;
  }

  note(
    { eventSource, eventName, requestParameters }: Parameters<TrailPort['note']>[0],
    { caller, requestId }: Call,
  ): void {
    const { aws } = this;
    // The call's target, whatever the call changes about the target.
    const { patchOperations: _, ...target } = requestParameters;
    const detail = {
      eventVersion: '1.11',
      userIdentity: identityOf(caller),
      // Whole seconds, as CloudTrail writes time.
      eventTime: `${new Date(aws.clock.now()).toISOString().slice(0, 19)}Z`,
      eventSource,
      eventName,
      awsRegion: REGION,
      sourceIPAddress: caller.kind === 'service' ? caller.principal : '192.0.2.1',
      requestParameters,
      requestID: requestId,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: ACCOUNT_ID,
    };
    const draw = aws.random(`cloudtrail/${eventName}/${JSON.stringify(target)}`)();
    const delayMs = DELAY_MS.least + draw * (DELAY_MS.most - DELAY_MS.least);
    aws.clock.after(delayMs, () =>
      this.events.publish({
        source: `aws.${eventSource.split('.')[0]}`,
        'detail-type': 'AWS API Call via CloudTrail',
        resources: [],
        detail,
      }),
    );
  }
}

/** Who called, as CloudTrail names it: a person, a role's session, or a service that acts for the person. */
function identityOf(caller: Caller): Readonly<Record<string, unknown>> {
  const developer = {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEDEVELOPER',
    arn: `arn:aws:iam::${ACCOUNT_ID}:user/developer`,
    accountId: ACCOUNT_ID,
    userName: 'developer',
  };
  if (caller.kind === 'developer') return developer;
  if (caller.kind === 'service') return { ...developer, invokedBy: caller.principal };
  const roleName = caller.roleArn.split('/').at(-1) ?? '';
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${caller.functionName}`,
    arn: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${caller.functionName}`,
    accountId: ACCOUNT_ID,
    sessionContext: { sessionIssuer: { type: 'Role', arn: caller.roleArn, accountId: ACCOUNT_ID, userName: roleName } },
  };
}
