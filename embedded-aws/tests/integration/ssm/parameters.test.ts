import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
  ThrottlingException,
} from '@aws-sdk/client-ssm';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

const Name = '/tidegate/dev/policies/default';

let cloud: Cloud;
let ssm: SSMClient;

beforeEach(async () => {
  ({ cloud } = await startCloud());
  await cloud.clock.goVirtual(0);
  ssm = new SSMClient(clientOptions(cloud));
  await ssm.send(new PutParameterCommand({ Name, Value: '{}', Type: 'String', Description: 'a policy' }));
});
afterEach(async () => {
  ssm.destroy();
  await cloud.close();
});

test('a parameter is written, read by name, version and label, listed and deleted', async () => {
  const { Version, Tier } = await ssm.send(new PutParameterCommand({ Name, Value: '{"a":1}', Overwrite: true }));
  expect([Version, Tier]).toEqual([2, 'Standard']);
  await ssm.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['first'] }));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${Name}:first` }));
  expect(Parameter).toMatchObject({
    Name,
    Type: 'String',
    Value: '{}',
    Version: 1,
    DataType: 'text',
    Selector: ':first',
  });
  expect(Parameter?.LastModifiedDate).toBeInstanceOf(Date);
  const byPath = await ssm.send(new GetParametersByPathCommand({ Path: '/tidegate', Recursive: true }));
  expect(byPath.Parameters?.map((each) => each.Value)).toEqual(['{"a":1}']);
  const several = await ssm.send(new GetParametersCommand({ Names: [Name, '/none'] }));
  expect(several.InvalidParameters).toEqual(['/none']);
  await ssm.send(new DeleteParameterCommand({ Name }));
  await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toBeInstanceOf(ParameterNotFound);
});

test('errors arrive as the classes of the SDK', async () => {
  const again = new PutParameterCommand({ Name, Value: 'x', Type: 'String' });
  await expect(ssm.send(again)).rejects.toBeInstanceOf(ParameterAlreadyExists);
  const describe = () => ssm.send(new DescribeParametersCommand({}));
  await describe();
  // Three writes a second are all there are, and descriptions count as writes.
  await expect(describe()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  await expect(describe()).rejects.toBeInstanceOf(ThrottlingException);
});
