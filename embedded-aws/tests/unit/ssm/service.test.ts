import { DEVELOPER } from '../../../kernel/aws.ts';
import { KmsService } from '../../../services/kms/kms-service.ts';
import { SsmService } from '../../../services/ssm/ssm-service.ts';
import { START_MS, virtualAws } from '../../support/observe/virtual-aws.ts';

async function setUp() {
  const { aws, clock } = await virtualAws();
  const events: { resources: string[]; detail: Record<string, unknown> }[] = [];
  aws.install(new KmsService(aws));
  aws.install(new SsmService(aws, { publish: (event) => void events.push(event) }));
  /** Every call a second after the one before, so that the quota stays out of the way. */
  const call = async <Output = Record<string, unknown>>(operation: string, input: object): Promise<Output> => {
    await clock.runUntil(clock.now() + 1_000);
    return aws.call<Output>(DEVELOPER, 'ssm', operation, input);
  };
  return { aws, clock, events, call };
}

const NAME = '/tidegate/dev/policies/default';
const put = { Name: NAME, Value: 'one', Type: 'String' };

describe('Parameter Store', () => {
  test('answers as recorded, with one slash in the ARN of a path', async () => {
    const { call } = await setUp();
    expect(await call('PutParameter', put)).toEqual({ Version: 1, Tier: 'Standard' });
    const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/tidegate/dev/policies/default';
    const expected = { Name: NAME, Type: 'String', Value: 'one', Version: 1, ARN: arn, DataType: 'text' };
    for (const Name of [NAME, arn]) {
      const { Parameter } = await call<{ Parameter: object }>('GetParameter', { Name });
      expect(Parameter).toEqual({ ...expected, LastModifiedDate: new Date(START_MS + 1_000) });
    }
    await call('PutParameter', { ...put, Name: 'flat' });
    const flat = await call<{ Parameter: object }>('GetParameter', { Name: 'flat' });
    expect(flat.Parameter).toMatchObject({ ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/flat' });
  });

  test.each([
    ['PutParameter', put, 'ParameterAlreadyExists', /^The parameter already exists. To overwrite this value, set/],
    ['GetParameter', { Name: '/none' }, 'ParameterNotFound', /^$/],
    ['GetParameter', { Name: `${NAME}:7` }, 'ParameterVersionNotFound', /could not find version 7 of \/tidegate/],
    ['PutParameter', { ...put, Name: 'awsome' }, 'ValidationException', /can't be prefixed with "aws" or "ssm"/],
    ['PutParameter', { ...put, Name: '/ssm/x' }, 'AccessDeniedException', /reserved parameter name/],
    ['PutParameter', { ...put, Name: 'a/b' }, 'ValidationException', /fully qualified/],
    ['PutParameter', { ...put, Name: '/a b' }, 'ValidationException', /letters, numbers/],
    ['PutParameter', { ...put, Name: '/x'.repeat(16) }, 'HierarchyLevelLimitExceededException', /15/],
    ['PutParameter', { ...put, Name: '/b', Value: '{{ssm:x}}' }, 'ValidationException', /Do not use "{{}}"/],
    ['PutParameter', { ...put, Name: '/b', Value: 'x'.repeat(4097) }, 'ValidationException', /4096 characters/],
    ['PutParameter', { Name: '/b', Value: 'x' }, 'ValidationException', /A parameter type is required/],
    ['PutParameter', { ...put, Overwrite: true, AllowedPattern: '\\d+' }, 'ParameterPatternMismatchException', /d\+$/],
    [
      'PutParameter',
      { ...put, Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
      /tags and over/,
    ],
    ['PutParameter', { ...put, Name: '/b', AllowedPattern: '(' }, 'InvalidAllowedPatternException', /\($/],
    ['GetParametersByPath', { Path: 'tidegate' }, 'ValidationException', /forward slash/],
    ['GetParametersByPath', { Path: '/tidegate', MaxResults: 11 }, 'ValidationException', /less than or equal to 10/],
    ['DescribeParameters', { ParameterFilters: [{ Key: 'Colour' }] }, 'InvalidFilterKey', /Colour/],
    ['ListTagsForResource', { ResourceType: 'Parameter', ResourceId: '/none' }, 'InvalidResourceId', /not valid/],
  ])('%s fails, case %#', async (operation, input, code, message) => {
    const { call } = await setUp();
    await call('PutParameter', put);
    await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('keeps versions and finds them by number and label', async () => {
    const { call } = await setUp();
    await call('PutParameter', put);
    expect(await call('PutParameter', { ...put, Value: 'two', Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await call('LabelParameterVersion', { Name: NAME, ParameterVersion: 1, Labels: ['good', '9no'] })).toEqual({
      InvalidLabels: ['9no'],
      ParameterVersion: 1,
    });
    for (const [reference, Value] of [
      [NAME, 'two'],
      [`${NAME}:1`, 'one'],
      [`${NAME}:good`, 'one'],
    ]) {
      expect(await call('GetParameter', { Name: reference })).toMatchObject({ Parameter: { Value } });
    }
    await call('LabelParameterVersion', { Name: NAME, Labels: ['good'] });
    const history = await call<{ Parameters: object[] }>('GetParameterHistory', { Name: NAME });
    expect(history.Parameters).toMatchObject([
      { Version: 1, Labels: [] },
      { Version: 2, Labels: ['good'] },
    ]);
  });

  test('keeps 100 versions, and refuses the next while the oldest has a label', async () => {
    const { call } = await setUp();
    await call('PutParameter', put);
    for (let version = 2; version <= 101; version++) await call('PutParameter', { ...put, Overwrite: true });
    await expect(call('GetParameter', { Name: `${NAME}:1` })).rejects.toMatchObject({
      code: 'ParameterVersionNotFound',
    });
    await call('LabelParameterVersion', { Name: NAME, ParameterVersion: 2, Labels: ['keep'] });
    await expect(call('PutParameter', { ...put, Overwrite: true })).rejects.toMatchObject({
      code: 'ParameterMaxVersionLimitExceeded',
    });
  });

  test('pages through a path, ten at a time', async () => {
    const { call } = await setUp();
    const names = Array.from({ length: 12 }, (_, index) => `/a/b/${String(index).padStart(2, '0')}`);
    for (const Name of [...names, '/a/b/c/deep', '/ab']) await call('PutParameter', { ...put, Name });
    type Page = { Parameters: { Name: string }[]; NextToken?: string };
    const first = await call<Page>('GetParametersByPath', { Path: '/a/b' });
    const second = await call<Page>('GetParametersByPath', { Path: '/a/b', NextToken: first.NextToken });
    expect([...first.Parameters, ...second.Parameters].map((parameter) => parameter.Name)).toEqual(names);
    expect(first.Parameters).toHaveLength(10);
    expect(second.NextToken).toBeUndefined();
    const deep = await call<Page>('GetParametersByPath', { Path: '/a/b/c/', Recursive: true });
    expect(deep.Parameters.map((parameter) => parameter.Name)).toEqual(['/a/b/c/deep']);
  });

  test('reads several and names those it does not have', async () => {
    const { call } = await setUp();
    await call('PutParameter', put);
    const answer = await call<{ Parameters: object[] }>('GetParameters', { Names: [NAME, '/none'] });
    expect(answer).toMatchObject({ Parameters: [{ Name: NAME }], InvalidParameters: ['/none'] });
    expect(await call('GetParameters', { Names: [NAME] })).toMatchObject({ InvalidParameters: [] });
  });

  test('does not show a SecureString without decryption', async () => {
    const { call } = await setUp();
    await call('PutParameter', { Name: '/s', Value: 'hush', Type: 'SecureString' });
    const sealed = await call<{ Parameter: { Value: string } }>('GetParameter', { Name: '/s' });
    expect(sealed.Parameter.Value).not.toContain('hush');
    const open = await call('GetParameter', { Name: '/s', WithDecryption: true });
    expect(open).toMatchObject({ Parameter: { Value: 'hush' } });
    await call('PutParameter', { Name: '/s', Value: 'louder', Overwrite: true });
    const history = await call('GetParameterHistory', { Name: '/s', WithDecryption: true });
    expect(history).toMatchObject({ Parameters: [{ Value: 'hush' }, { Value: 'louder', Type: 'SecureString' }] });
  });

  test('announces every change without value and version', async () => {
    const { call, events } = await setUp();
    await call('PutParameter', { ...put, Description: 'why' });
    await call('PutParameter', { ...put, Overwrite: true });
    await call('LabelParameterVersion', { Name: NAME, Labels: ['l'] });
    await call('DeleteParameter', { Name: NAME });
    expect(events.map((event) => event.detail.operation)).toEqual([
      'Create',
      'Update',
      'LabelParameterVersion',
      'Delete',
    ]);
    expect(events[0]).toEqual({
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      resources: ['arn:aws:ssm:us-east-1:123456789012:parameter/tidegate/dev/policies/default'],
      detail: { operation: 'Create', name: NAME, type: 'String', description: 'why' },
    });
    await expect(call('DeleteParameter', { Name: NAME })).rejects.toMatchObject({ code: 'ParameterNotFound' });
  });

  test('three writes and forty reads a second, CloudFormation apart', async () => {
    const { aws, clock, call } = await setUp();
    const overwrite = { ...put, Overwrite: true };
    const write = () => aws.call(DEVELOPER, 'ssm', 'PutParameter', overwrite);
    await call('GetParameters', { Names: [] });
    for (let count = 0; count < 3; count++) await write();
    await expect(write()).rejects.toMatchObject({ code: 'ThrottlingException', message: 'Rate exceeded' });
    const deploy = { kind: 'service', principal: 'cloudformation.amazonaws.com', sourceArn: 'arn' } as const;
    await expect(aws.call(deploy, 'ssm', 'PutParameter', overwrite)).resolves.toMatchObject({ Version: 4 });
    await clock.runUntil(clock.now() + 1_000);
    await expect(write()).resolves.toMatchObject({ Version: 5 });
    const read = () => aws.call(DEVELOPER, 'ssm', 'GetParameter', { Name: NAME });
    for (let count = 0; count < 40; count++) await read();
    await expect(read()).rejects.toMatchObject({ code: 'ThrottlingException' });
  });

  test.each([
    ['GetParameter', { Name: '/tidegate/dev/switch' }, ['tidegate/dev/switch']],
    ['GetParameter', { Name: 'arn:aws:ssm:us-east-1:123456789012:parameter/tidegate/x' }, ['tidegate/x']],
    ['GetParameter', { Name: '/a/b:3' }, ['a/b']],
    ['GetParameters', { Names: ['/a', 'b'] }, ['a', 'b']],
    ['GetParametersByPath', { Path: '/tidegate/dev/policies/' }, ['tidegate/dev/policies']],
    ['ListTagsForResource', { ResourceType: 'Parameter', ResourceId: '/a' }, ['a']],
  ])('%s needs permission on the parameter, case %#', async (operation, input, names) => {
    const { aws } = await setUp();
    expect(aws.service('ssm')?.permission?.(operation, input)).toEqual({
      action: `ssm:${operation}`,
      resources: names.map((name) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`),
    });
  });

  test('describes by name and path, and tags', async () => {
    const { call } = await setUp();
    for (const Name of [NAME, '/other']) await call('PutParameter', { ...put, Name });
    const filters = [{ Key: 'Name', Option: 'BeginsWith', Values: ['/tidegate'] }];
    const described = await call<{ Parameters: object[] }>('DescribeParameters', { ParameterFilters: filters });
    expect(described.Parameters).toMatchObject([{ Name: NAME, Type: 'String', Version: 1, Tier: 'Standard' }]);
    const resource = { ResourceType: 'Parameter', ResourceId: NAME };
    await call('AddTagsToResource', {
      ...resource,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    await call('RemoveTagsFromResource', { ...resource, TagKeys: ['a'] });
    expect(await call('ListTagsForResource', resource)).toEqual({ TagList: [{ Key: 'b', Value: '2' }] });
  });
});
