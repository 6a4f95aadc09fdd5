import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createParameters } from '../../../shared/platform/aws/parameters.ts';

const CIPHERTEXT = 'AQICAHi5b3Vyc2VsZg==';
const KILL = '/tidegate/dev/overrides/default';
const PAUSE = '/tidegate/dev/overrides/other';
const ssm = mockClient(SSMClient);
const parameters = createParameters(new SSMClient({ region: 'us-east-1' }));
const named = (name: string, message = '') => Object.assign(new Error(message), { name });

beforeEach(() => {
  ssm.reset();
  ssm.on(GetParametersByPathCommand).resolves({
    Parameters: [
      { Name: KILL, Value: CIPHERTEXT, Type: 'SecureString', Version: 3, LastModifiedDate: new Date(7) },
      { Name: PAUSE, Value: '{"action":"pause"}', Type: 'String', Version: 1 },
    ],
  });
});
afterAll(() => ssm.restore());

test('a SecureString found on a path is decrypted by itself; the path is read without decryption', async () => {
  ssm.on(GetParameterCommand, { Name: KILL, WithDecryption: true }).resolves({
    Parameter: { Name: KILL, Value: '{"action":"kill"}', Type: 'SecureString', Version: 3 },
  });
  expect(await parameters.below('/tidegate/dev/overrides')).toEqual([
    { name: KILL, value: '{"action":"kill"}', version: 3, isSecret: true },
    { name: PAUSE, value: '{"action":"pause"}', version: 1 },
  ]);
  expect(ssm.commandCalls(GetParametersByPathCommand)[0]?.args[0].input.WithDecryption).toBeUndefined();
  expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(1);
});

test('one that cannot be decrypted disables nothing else, and says what to do without its ciphertext', async () => {
  const refusal = 'User: control is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:key/k';
  ssm.on(GetParameterCommand).rejects(named('AccessDeniedException', refusal));
  const [kill, pause] = await parameters.below('/tidegate/dev/overrides');
  expect(pause).toMatchObject({ name: PAUSE, value: '{"action":"pause"}' });
  expect(kill).toMatchObject({ name: KILL, value: '', version: 3, modifiedMs: 7 });
  expect(kill?.unreadable).toContain(
    `The parameter is a SecureString that could not be decrypted (AccessDeniedException: ${refusal})`,
  );
  expect(kill?.unreadable).toContain('store the parameter as type String, or allow kms:Decrypt');
  expect(JSON.stringify(kill)).not.toContain(CIPHERTEXT);
});

test('one that was deleted since the path was read is not there', async () => {
  ssm.on(GetParameterCommand).rejects(named('ParameterNotFound'));
  expect((await parameters.below('/tidegate/dev/overrides')).map(({ name }) => name)).toEqual([PAUSE]);
});

test('a byte order mark is no part of a value', async () => {
  ssm.on(GetParameterCommand).resolves({ Parameter: { Name: KILL, Value: '\ufeff{"action":"kill"}', Version: 1 } });
  expect(await parameters.one(KILL)).toEqual({ name: KILL, value: '{"action":"kill"}', version: 1 });
});
