import { authorizer } from '../../../iam/authorize.ts';
import type { Caller, PolicyDocument, Service } from '../../../kernel/aws.ts';

const ROLE = 'arn:aws:iam::123456789012:role/tidegate-dev-control';
const control: Caller = { kind: 'function', functionName: 'tidegate-dev-control', roleArn: ROLE };
const events: Caller = {
  kind: 'service',
  principal: 'events.amazonaws.com',
  sourceArn: 'arn:aws:events:us-east-1:123456789012:rule/tick',
};
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:tidegate-dev-control';

const allow = (Action: string, Resource = '*'): PolicyDocument => ({
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const deny = (Action: string): PolicyDocument => ({ Statement: [{ Effect: 'Deny', Action, Resource: '*' }] });

const ssm: Service = {
  name: 'ssm',
  operations: {},
  permission: (operation) => ({ action: `ssm:${operation}`, resources: ['arn:one', 'arn:two'] }),
};

const callOf = (policies: readonly PolicyDocument[], caller: Caller, service: Service, operation: string) => () =>
  authorizer({ policiesOf: (roleArn) => (roleArn === ROLE ? policies : []) })(caller, service, operation, {});

test('the developer needs no policy', () => {
  expect(callOf([], { kind: 'developer' }, ssm, 'GetParameters')).not.toThrow();
});

test('a deployment acts with the rights of the developer', () => {
  const stack: Caller = { kind: 'service', principal: 'cloudformation.amazonaws.com', sourceArn: 'arn:stack' };
  expect(callOf([], stack, ssm, 'PutParameter')).not.toThrow();
});

test('a function needs its action on every resource that the call touches', () => {
  expect(callOf([allow('ssm:GetParameters')], control, ssm, 'GetParameters')).not.toThrow();
  expect(callOf([allow('ssm:GetParameters', 'arn:one')], control, ssm, 'GetParameters')).toThrow(
    'on resource: arn:two',
  );
});

test('a denial names who, what and on which resource, in the words of AWS', () => {
  expect(callOf([], control, ssm, 'GetParameters')).toThrow(
    expect.objectContaining({
      code: 'AccessDeniedException',
      status: 400,
      message:
        'User: arn:aws:sts::123456789012:assumed-role/tidegate-dev-control/tidegate-dev-control is not authorized to ' +
        'perform: ssm:GetParameters on resource: arn:one because no identity-based policy allows the ssm:GetParameters action',
    }),
  );
});

test('an explicit deny outweighs an allow and says so', () => {
  expect(callOf([allow('*'), deny('ssm:*')], control, ssm, 'GetParameters')).toThrow(
    'with an explicit deny in an identity-based policy',
  );
});

test.each([
  ['apigateway', 'AccessDeniedException', 403],
  ['lambda', 'AccessDeniedException', 403],
  ['sts', 'AccessDenied', 403],
  ['s3', 'AccessDenied', 403],
])('%s refuses with %s and status %i', (name, code, status) => {
  expect(callOf([], control, { name, operations: {} }, 'DoIt')).toThrow(expect.objectContaining({ code, status }));
});

test('CloudWatch is called cloudwatch in policies', () => {
  const monitoring: Service = { name: 'monitoring', operations: {} };
  expect(callOf([allow('cloudwatch:GetMetricData')], control, monitoring, 'GetMetricData')).not.toThrow();
});

describe('a service acting for its resource', () => {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: FUNCTION_ARN,
    Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/tick' } },
  } as const;
  const lambda = (policy: PolicyDocument | undefined): Service => ({
    name: 'lambda',
    operations: {},
    permission: () => ({ action: 'lambda:InvokeFunction', resources: [FUNCTION_ARN] }),
    resourcePolicy: () => policy,
  });

  test('is let in by the policy of the target', () => {
    expect(callOf([], events, lambda({ Statement: [statement] }), 'Invoke')).not.toThrow();
  });

  test('is kept out when there is none, whatever identity policies say', () => {
    expect(callOf([allow('*')], events, lambda(undefined), 'Invoke')).toThrow(
      'User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ' +
        `${FUNCTION_ARN} because no resource-based policy allows the lambda:InvokeFunction action`,
    );
  });

  test.each([
    ['another rule', { ...events, sourceArn: 'arn:aws:events:us-east-1:123456789012:rule/other' }],
    ['another service', { ...events, principal: 'logs.amazonaws.com' }],
  ])('is kept out as %s', (_who, caller) => {
    expect(callOf([], caller as Caller, lambda({ Statement: [statement] }), 'Invoke')).toThrow('not authorized');
  });
});

describe('a resource that its own policy guards, as a key', () => {
  const guarded = (...statements: PolicyDocument['Statement']): Service => ({
    name: 'kms',
    operations: {},
    isGuardedByResourcePolicy: true,
    permission: () => ({ action: 'kms:Decrypt', resources: ['arn:key'] }),
    resourcePolicy: () => ({ Statement: statements }),
    conditionKeys: () => ({ 'kms:EncryptionContext:aws:sqs:arn': 'arn:queue' }),
  });
  const named = (arn: string) =>
    ({ Effect: 'Allow', Principal: { AWS: arn }, Action: 'kms:*', Resource: '*' }) as const;
  const account = named('arn:aws:iam::123456789012:root');

  test('lets a role in when it names the account and the role’s own policies allow', () => {
    expect(callOf([allow('kms:Decrypt')], control, guarded(account), 'Decrypt')).not.toThrow();
    expect(callOf([], control, guarded(account), 'Decrypt')).toThrow('no identity-based policy');
  });

  test('keeps a role out that its own policies allow, when it does not name the account', () => {
    expect(callOf([allow('kms:*')], control, guarded(), 'Decrypt')).toThrow('not authorized');
  });

  test('may name the role itself', () => {
    expect(callOf([], control, guarded(named(ROLE)), 'Decrypt')).not.toThrow();
  });

  test('an explicit deny of either outweighs all', () => {
    expect(callOf([allow('*'), deny('kms:*')], control, guarded(named(ROLE)), 'Decrypt')).toThrow('explicit deny');
    const barred = { ...named(ROLE), Effect: 'Deny' } as const;
    expect(callOf([allow('*')], control, guarded(account, barred), 'Decrypt')).toThrow('explicit deny');
  });

  test.each([
    ['through the service that the policy names', 'sqs.us-east-1.amazonaws.com', 'arn:queue', true],
    ['through another service', 'sns.us-east-1.amazonaws.com', 'arn:queue', false],
    ['by itself', undefined, 'arn:queue', false],
    ['for something else', 'sqs.us-east-1.amazonaws.com', 'arn:other', false],
  ])('a grant is used %s', (_how, via, queue, allowed) => {
    const Condition = {
      StringEquals: { 'kms:ViaService': 'sqs.us-east-1.amazonaws.com', 'kms:EncryptionContext:aws:sqs:arn': queue },
    };
    const grant: PolicyDocument = {
      Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:key', Condition }],
    };
    const call = callOf([grant], via ? { ...control, via } : control, guarded(account), 'Decrypt');
    if (allowed) expect(call).not.toThrow();
    else expect(call).toThrow('not authorized');
  });
});
