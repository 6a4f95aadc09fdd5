import { type Caller, DEVELOPER } from '../../../kernel/aws.ts';
import { CloudTrail } from '../../../services/cloudtrail.ts';
import type { NewEvent } from '../../../services/events/put-events.ts';
import { virtualAws } from '../../support/observe/virtual-aws.ts';
import { CLOUDFORMATION } from '../apigateway/deployed-api.ts';

const CONTROL: Caller = {
  kind: 'function',
  functionName: 'tidegate-dev-control',
  roleArn: 'arn:aws:iam::123456789012:role/tidegate-dev-control-role',
};
const CALL = {
  eventSource: 'apigateway.amazonaws.com',
  eventName: 'UpdateStage',
  requestParameters: { restApiId: 'a', stageName: 'dev' },
};

async function trailed(caller: Caller) {
  const { aws, clock } = await virtualAws();
  const events: { event: NewEvent; afterMs: number }[] = [];
  const startMs = clock.now();
  const publish = (event: NewEvent) => void events.push({ event, afterMs: clock.now() - startMs });
  new CloudTrail(aws, { publish }).note(CALL, { caller, requestId: 'r1' });
  expect(events).toEqual([]);
  await clock.runUntil(startMs + 60_000);
  return events;
}

test('a call reaches the bus some seconds later, as CloudTrail words it', async () => {
  const [told, ...others] = await trailed(DEVELOPER);
  expect(others).toEqual([]);
  expect(told?.afterMs).toBeGreaterThanOrEqual(2_000);
  expect(told?.afterMs).toBeLessThanOrEqual(20_000);
  expect(told?.event).toMatchObject({
    source: 'aws.apigateway',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      ...CALL,
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      requestID: 'r1',
      userIdentity: { type: 'IAMUser', userName: 'developer', arn: 'arn:aws:iam::123456789012:user/developer' },
    },
  });
});

test.each<[string, Caller, object]>([
  [
    'a function by its role and session',
    CONTROL,
    {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::123456789012:assumed-role/tidegate-dev-control-role/tidegate-dev-control',
    },
  ],
  ['a deploy by its person and the service', CLOUDFORMATION, { invokedBy: 'cloudformation.amazonaws.com' }],
])('%s', async (_, caller, userIdentity) => {
  const [told] = await trailed(caller);
  expect(told?.event.detail).toMatchObject({ userIdentity });
});
