import { parseTemplateUrl } from '../../../cloudformation/operations/definition.ts';
import { methodPath } from '../../../cloudformation/providers/apigateway/apigateway-stage.ts';
import { providedTypes } from '../../../cloudformation/providers/index.ts';
import type { JsonObject } from '../../../cloudformation/template/json.ts';
import { EmbeddedAws } from '../../../kernel/aws.ts';
import { SimulationClock } from '../../../kernel/simulation-clock.ts';

const clock = new SimulationClock({ onError: () => undefined });
const types = providedTypes(new EmbeddedAws({ clock, seed: 1 }));
const problems = (type: string, properties: JsonObject) => types.get(type)?.problems(properties);

describe('properties', () => {
  test.each([...types.keys()])('%s refuses a typo', (type) => {
    expect(problems(type, { Typo: 1 })).toContain(': extraneous key [Typo] is not permitted');
  });

  test('a missing, a nested unknown and an unfit one are named with their place', () => {
    const queue = { VisibilityTimeout: 'soon' };
    expect(problems('AWS::SQS::Queue', queue)).toEqual([
      '/VisibilityTimeout: "soon" does not have the expected type or form',
    ]);
    expect(problems('AWS::S3::BucketPolicy', { Bucket: 'b' })).toEqual([': required key [PolicyDocument] not found']);
    const setting = { HttpMethod: '*', ThrottleRate: 1 };
    const deployment = { RestApiId: 'a', StageDescription: { MethodSettings: [setting] } };
    expect(problems('AWS::ApiGateway::Deployment', deployment)).toEqual([
      '/StageDescription/MethodSettings/0: extraneous key [ThrottleRate] is not permitted',
    ]);
  });

  test('what AWS knows and the embedded AWS does not says so', () => {
    expect(problems('AWS::ApiGateway::RestApi', { Name: 'n', Body: {} })).toEqual([
      ': property [Body] is not implemented by the embedded AWS',
    ]);
  });

  test('a template cannot create a SecureString', () => {
    expect(problems('AWS::SSM::Parameter', { Type: 'SecureString', Value: 'x' })).toEqual([
      '/Type: "SecureString" is not a valid enum value',
    ]);
  });

  test('numbers and booleans may come as text', () => {
    expect(problems('AWS::SQS::Queue', { VisibilityTimeout: '30', SqsManagedSseEnabled: 'true' })).toEqual([]);
  });

  test('replacement follows the changed property', () => {
    const lambda = types.get('AWS::Lambda::Function');
    expect(lambda?.replacements({ FunctionName: 'a', Timeout: 1 }, { FunctionName: 'b', Timeout: 2 })).toEqual([
      'FunctionName',
    ]);
    const permission = types.get('AWS::Lambda::Permission');
    expect(permission?.replacements({ Principal: 'a' }, { Principal: 'b', SourceArn: 'c' })).toEqual([
      'Principal',
      'SourceArn',
    ]);
  });
});

test.each([
  [{ ResourcePath: '/*', HttpMethod: '*' }, '/*/*'],
  [{}, '/*/*'],
  [{ ResourcePath: '/data', HttpMethod: 'GET' }, '/data/GET'],
  [{ ResourcePath: '/~1data~1item', HttpMethod: 'GET' }, '/~1data~1item/GET'],
  [{ ResourcePath: '/data/item', HttpMethod: 'GET' }, '/data~1item/GET'],
  [{ ResourcePath: '/', HttpMethod: 'GET' }, '/~1/GET'],
])('method setting %j is patched at %s', (setting, path) => {
  expect(methodPath(setting)).toBe(path);
});

test.each([
  ['https://s3.amazonaws.com/bucket/a/b.json', 'bucket', 'a/b.json'],
  ['https://s3.us-east-1.amazonaws.com/bucket/a%3Ab.json', 'bucket', 'a:b.json'],
  ['https://bucket.s3.us-east-1.amazonaws.com/a/b.json', 'bucket', 'a/b.json'],
  ['http://127.0.0.1:4566/bucket/b.json', 'bucket', 'b.json'],
])('template address %s', (address, Bucket, Key) => {
  expect(parseTemplateUrl(address)).toEqual({ Bucket, Key });
});

test('no template address', () => {
  expect(() => parseTemplateUrl('bucket')).toThrow('TemplateURL must be a supported URL.');
});
