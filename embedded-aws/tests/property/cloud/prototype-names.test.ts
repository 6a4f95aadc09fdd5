import fc from 'fast-check';
import type { Cloud } from '../../../cloud.ts';
import { renderGatewayResponse } from '../../../gateway/request/gateway-response.ts';
import { type ProxyEventInput, proxyEvent } from '../../../gateway/request/proxy-event.ts';
import { findRoute } from '../../../gateway/request/routing.ts';
import type { AccessRecord } from '../../../gateway/telemetry/access-record.ts';
import { DEVELOPER } from '../../../kernel/aws.ts';
import { parseEmf } from '../../../services/cloudwatch/metrics/emf-lines.ts';
import { targetInput } from '../../../services/events/input-transformer.ts';
import { matches } from '../../../services/events/pattern.ts';
import { valueAt } from '../../../services/logs/filters/json-pattern.ts';
import { startCloud } from '../../support/cloud.ts';

/** When the simulated time begins. */
const EPOCH_MS = Date.UTC(2030, 0, 1);

/** Names that every ordinary object answers to, whatever was stored in it. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);
const inherited = fc.constantFrom(...INHERITED);
const pairs = fc.array(fc.tuple(inherited, fc.string({ minLength: 1 })), { minLength: 1, maxLength: 4 });
const NOWHERE = {
  record: {} as AccessRecord,
  stageVariables: {},
  headers: {},
  pathParameters: {},
  queryParameters: {},
};

test('a request’s headers, query and path reach the function under whatever names they have', () => {
  fc.assert(
    fc.property(pairs, inherited, (query, name) => {
      const method = { resourceId: 'r', path: `/x/{${name}}`, verb: 'GET', apiKeyRequired: false, integration: {} };
      const route = findRoute([method], 'GET', '/x/here');
      if (!route) throw new Error('There is a route.');
      const request = { query, rawHeaders: query, headers: {}, path: '/x/here', verb: 'GET', body: Buffer.alloc(0) };
      const record = { startMs: 0 } as AccessRecord;
      const input = { request, route, record, stageVariables: null, apiKey: undefined } as unknown as ProxyEventInput;
      const event = proxyEvent(input);
      const last = new Map(query);
      for (const got of [event.queryStringParameters, event.headers]) {
        expect(new Map(Object.entries(got ?? {}))).toEqual(last);
      }
      const all = Object.values(event.multiValueQueryStringParameters ?? {}).flat();
      expect(all).toHaveLength(query.length);
      expect(Object.entries(event.pathParameters ?? {})).toEqual([[name, 'here']]);
    }),
  );
});

test('a gateway response finds no variable that nobody set', () => {
  fc.assert(
    fc.property(
      inherited,
      fc.constantFrom('stageVariables', 'method.request.path', 'method.request.querystring'),
      (name, kind) => {
        const responseTemplates = { 'application/json': `<$${kind}.${name}>` };
        const customised = new Map([['THROTTLED', { responseTemplates }]]);
        const { body } = renderGatewayResponse(customised, 'THROTTLED', 429, NOWHERE);
        // Names that begin with an underscore are no variables.
        expect(body).toBe(/^[A-Za-z]/.test(name) ? '<>' : `<$${kind}.${name}>`);
      },
    ),
  );
});

test('a metric and its dimensions may have such names; where a line does not have the value there is no metric', () => {
  const lineOf = (name: string, values: object) =>
    JSON.stringify({
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [[name]], Metrics: [{ Name: 'count' }] }],
      },
      ...values,
    });
  fc.assert(
    fc.property(inherited, (name) => {
      expect(parseEmf(lineOf(name, { count: 3 }))).toBeUndefined();
      const [sample] = parseEmf(lineOf(name, { count: 3, [name]: 'here' })) ?? [];
      expect(Object.entries(sample?.dimensions ?? {})).toEqual([[name, 'here']]);
    }),
  );
});

test('an event has only what it says, for patterns, for transformers and for filters of a log', () => {
  const rule = { arn: 'arn', name: 'rule' };
  fc.assert(
    fc.property(inherited, (name) => {
      expect(matches(JSON.parse(`{"${name}":[{"exists":true}]}`), {})).toBe(false);
      expect(matches(JSON.parse(`{"${name}":["x"]}`), JSON.parse(`{"${name}":"x"}`))).toBe(true);
      expect(matches({ a: [JSON.parse(`{"${name}":"x"}`)] }, { a: 'x' })).toBe(false);
      expect(valueAt({}, `$.${name}`)).toBeUndefined();
      const InputPathsMap = Object.fromEntries([[name, `$.detail.${name}`]]);
      const target = { Id: 't', Arn: 'arn', InputTransformer: { InputPathsMap, InputTemplate: `{"a":"<${name}>"}` } };
      const transformed = (detail: string) => targetInput(target, JSON.parse(`{"detail":${detail}}`), rule);
      expect([transformed('{}'), transformed(`{"${name}":"x"}`)]).toEqual(['{"a":""}', '{"a":"x"}']);
    }),
  );
});

describe('a service', () => {
  let cloud: Cloud;
  let restApiId: unknown;
  let resourceId: unknown;
  beforeAll(async () => {
    cloud = (await startCloud()).cloud;
    await cloud.clock.goVirtual(0, EPOCH_MS);
    restApiId = (await call('apigateway', 'CreateRestApi', { name: 'x' })).id;
    const { items } = await call('apigateway', 'GetResources', { restApiId });
    resourceId = (items as { id: string }[])[0]?.id;
  });
  afterAll(() => cloud.close());
  /** Calls are rationed by the second. */
  beforeEach(() => cloud.clock.runUntil(cloud.clock.now() + 1_000));

  const call = (service: string, operation: string, input: object) =>
    cloud.aws.call<Record<string, unknown>>(DEVELOPER, service, operation, input);

  test.each(INHERITED)('has no operation %s', async (operation) => {
    for (const service of cloud.aws.installed.keys()) {
      await expect(call(service, operation, {})).rejects.toMatchObject({
        name: expect.not.stringMatching('TypeError'),
      });
    }
  });

  test.each(INHERITED)('keeps a parameter and a tag of the name %s', async (Name) => {
    await call('ssm', 'PutParameter', { Name, Value: 'v', Type: 'String' });
    const { Parameters } = await call('ssm', 'GetParameters', { Names: [Name] });
    expect(Parameters).toMatchObject([{ Value: 'v' }]);
    const resource = { ResourceType: 'Parameter', ResourceId: Name };
    await call('ssm', 'AddTagsToResource', { ...resource, Tags: [{ Key: Name, Value: 't' }] });
    expect((await call('ssm', 'ListTagsForResource', resource)).TagList).toEqual([{ Key: Name, Value: 't' }]);
  });

  test.each(INHERITED)('knows no queue attribute, no method and no gateway response of the name %s', async (name) => {
    const Attributes = Object.fromEntries([[name, '1']]);
    await expect(call('sqs', 'CreateQueue', { QueueName: 'q', Attributes })).rejects.toMatchObject({
      name: 'InvalidAttributeName',
    });
    await expect(call('apigateway', 'PutGatewayResponse', { restApiId, responseType: name })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(call('apigateway', 'GetMethod', { restApiId, resourceId, httpMethod: name })).rejects.toMatchObject({
      message: 'Invalid Method identifier specified',
    });
  });

  test.each(INHERITED)('refuses a template that calls the function %s', async (name) => {
    const TemplateBody = `{"Resources":{"T":{"Type":"AWS::SNS::Topic","Properties":{"TopicName":{"Ref":"${name}"}}}}}`;
    await expect(
      call('cloudformation', 'CreateStack', { StackName: `s${INHERITED.indexOf(name)}`, TemplateBody }),
    ).rejects.toMatchObject({ name: expect.stringMatching('ValidationError') });
  });
});
