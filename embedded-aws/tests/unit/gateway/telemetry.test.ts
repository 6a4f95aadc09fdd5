import { addPlan, deployApi, patchStage, replace, startGateway } from '../apigateway/deployed-api.ts';

const FIELDS = {
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  timeEpochMs: '$context.requestTimeEpoch',
  apiId: '$context.apiId',
  stage: '$context.stage',
  resourcePath: '$context.resourcePath',
  httpMethod: '$context.httpMethod',
  status: '$context.status',
  errorType: '$context.error.responseType',
  apiKeyId: '$context.identity.apiKeyId',
  tier: '$context.authorizer.tier',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integration.latency',
  integrationStatus: '$context.integration.integrationStatus',
  backendStatus: '$context.integration.status',
  wafAction: '$context.waf.status',
  sourceIp: '$context.identity.sourceIp',
};

async function start() {
  const gateway = await startGateway();
  const restApiId = await deployApi(gateway);
  const { keyId } = await addPlan(gateway, restApiId);
  await patchStage(gateway, restApiId, [
    replace('/accessLogSettings/destinationArn', 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/api-gateway/x'),
    replace('/accessLogSettings/format', JSON.stringify(FIELDS)),
  ]);
  return { ...gateway, restApiId, keyId, stage: gateway.service.simulatedStage(restApiId, 'dev') };
}

describe('what a simulated request leaves behind', () => {
  test('an access-log line in the format of the stage; what has no value is a dash', async () => {
    const { stage, keyId, lines, restApiId } = await start();
    const target = { keyId, verb: 'POST', path: '/orders' };
    stage.finish([
      { ...target, startMs: 1_000, endMs: 1_210.6, status: 200, integrationLatencyMs: 205.4, backendStatus: 200 },
      { ...target, startMs: 2_000, endMs: 2_001, status: 429, errorType: 'THROTTLED' },
    ]);
    expect(lines.map(({ group, timestamp }) => [group, timestamp])).toEqual([
      ['/aws/api-gateway/x', 1_210],
      ['/aws/api-gateway/x', 2_001],
    ]);
    const [served, throttled] = lines.map(({ message }) => JSON.parse(message));
    expect(served).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      extendedRequestId: expect.stringMatching(/=$/),
      timeEpochMs: '1000',
      apiId: restApiId,
      stage: 'dev',
      resourcePath: '/orders',
      httpMethod: 'POST',
      status: '200',
      errorType: '-',
      apiKeyId: keyId,
      tier: '-',
      responseLatency: '211',
      integrationLatency: '205',
      integrationStatus: '200',
      backendStatus: '200',
      wafAction: '-',
      sourceIp: '127.0.0.1',
    });
    expect(throttled).toMatchObject({
      status: '429',
      errorType: 'THROTTLED',
      integrationLatency: '-',
      backendStatus: '-',
    });
    expect(throttled.requestId).not.toBe(served.requestId);
  });

  test("AWS's own metrics: errors as shares, latencies by value, for the API and the stage", async () => {
    const { stage, keyId, metrics } = await start();
    const target = { keyId, verb: 'GET', path: '/data', startMs: 60_000 };
    stage.finish([
      { ...target, endMs: 60_100, status: 200, integrationLatencyMs: 90, backendStatus: 200 },
      { ...target, endMs: 60_100, status: 200, integrationLatencyMs: 90, backendStatus: 200 },
      { ...target, endMs: 60_100, status: 429, errorType: 'THROTTLED' },
      { ...target, endMs: 60_100, status: 504, errorType: 'INTEGRATION_TIMEOUT', integrationLatencyMs: 95 },
      { ...target, endMs: 120_000, status: 200, integrationLatencyMs: 90, backendStatus: 200 },
    ]);
    const [apiOnly, withStage] = [{ ApiName: 'dev-tidegate' }, { ApiName: 'dev-tidegate', Stage: 'dev' }];
    const first = metrics.filter(({ timestampMs }) => timestampMs === 60_100);
    for (const dimensions of [apiOnly, withStage]) {
      const values = first
        .filter((metric) => JSON.stringify(metric.dimensions) === JSON.stringify(dimensions))
        .map(({ metricName, value, count, unit }) => [metricName, value, count, unit]);
      expect(values).toEqual([
        ['Count', 1, 4, 'Count'],
        ['4XXError', 1, 1, 'Count'],
        ['4XXError', 0, 3, 'Count'],
        ['5XXError', 1, 1, 'Count'],
        ['5XXError', 0, 3, 'Count'],
        ['Latency', 100, 4, 'Milliseconds'],
        ['IntegrationLatency', 90, 2, 'Milliseconds'],
        ['IntegrationLatency', 95, 1, 'Milliseconds'],
      ]);
    }
    const second = metrics.filter(({ timestampMs, metricName }) => timestampMs === 120_000 && metricName === 'Count');
    expect(second.map(({ count }) => count)).toEqual([1, 1]);
    expect(metrics.every(({ namespace }) => namespace === 'AWS/ApiGateway')).toBe(true);
  });

  test('detailed metrics, once they are on, count each method as well', async () => {
    const { stage, keyId, metrics, restApiId, ...gateway } = await start();
    const answered = { keyId, verb: 'POST', path: '/orders', startMs: 0, endMs: 100, status: 200 };
    const request = { ...answered, integrationLatencyMs: 90 };
    const ofMethod = { ApiName: 'dev-tidegate', Stage: 'dev', Resource: '/orders', Method: 'POST' };
    const counts = () => metrics.filter(({ dimensions }) => JSON.stringify(dimensions) === JSON.stringify(ofMethod));
    stage.finish([request]);
    expect(counts()).toEqual([]);
    await patchStage(gateway as never, restApiId, [replace('/*/*/metrics/enabled', 'true')]);
    stage.finish([request, { ...answered, status: 429, errorType: 'THROTTLED' }]);
    const seen = counts().map(({ metricName, value, count }) => [metricName, value, count]);
    expect(seen).toContainEqual(['Count', 1, 2]);
    expect(seen).toContainEqual(['IntegrationLatency', 90, 1]);
  });

  test('no log without a format, and a new format from the next request on', async () => {
    const { stage, keyId, lines, restApiId, ...gateway } = await start();
    const request = { keyId, verb: 'GET', path: '/data', startMs: 0, endMs: 1, status: 200 };
    const patch = (operation: object) => patchStage(gateway as never, restApiId, [operation]);
    await patch(replace('/accessLogSettings/format', '$context.requestId $context.nothing.of-it $context.status.'));
    stage.finish([request]);
    expect(lines.at(-1)?.message).toMatch(/^\S{36} -.* 200\.$/);
    await patch({ op: 'remove', path: '/accessLogSettings' });
    stage.finish([request]);
    expect(lines).toHaveLength(1);
  });
});
