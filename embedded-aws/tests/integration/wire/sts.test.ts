import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  ({ cloud } = await startCloud());
});
afterAll(() => cloud.close());

test('the developer is told who they are', async () => {
  const identity = await new STSClient(clientOptions(cloud)).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/developer' });
});

test('an operation that is not here is refused by name', async () => {
  const call = new STSClient(clientOptions(cloud)).send(new GetSessionTokenCommand({}));
  await expect(call).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'The embedded AWS does not implement sts:GetSessionToken.',
    $metadata: { httpStatusCode: 501 },
  });
});

test('the key of a function that was never deployed is not valid', async () => {
  const call = new STSClient(clientOptions(cloud, 'nobody')).send(new GetCallerIdentityCommand({}));
  await expect(call).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
});
