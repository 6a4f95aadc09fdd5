import { latencyBucket, parseAccessLine } from '../../../shared/telemetry/access-log.ts';
import { LATENCY_BOUNDS_MS } from '../../../shared/telemetry/window.ts';
import { line } from './lines.ts';

describe('an access-log line', () => {
  test('of an answered request', () => {
    expect(parseAccessLine(line({}))).toEqual({
      apiId: 'abc123def4',
      stage: 'dev',
      method: '/data/GET',
      outcome: 'answered',
      keyId: 'key1',
      backendLatencyMs: 198,
    });
  });

  const gateway = { integrationLatency: '-', integrationStatus: '-', backendStatus: '-' };
  test.each([
    ['our own throttle', { ...gateway, status: '429', errorType: 'THROTTLED' }, 'throttled'],
    ['a spent quota', { ...gateway, status: '429', errorType: 'QUOTA_EXCEEDED' }, 'quotaExceeded'],
    ['a missing key', { ...gateway, status: '403', errorType: 'INVALID_API_KEY', apiKeyId: '-' }, 'refused'],
    ["a cache's answer", { ...gateway, status: '200', errorType: '-' }, 'answered'],
    ['a failing authorizer', { ...gateway, status: '500', errorType: 'AUTHORIZER_FAILURE' }, 'refused'],
    ["the backend's own 4xx", { status: '404' }, 'answered'],
    ["the backend's own 429", { status: '429' }, 'answered'],
    ["the backend's 5xx", { status: '503' }, 'serverError'],
    ['a throttled integration', { ...gateway, status: '500', integrationStatus: '429' }, 'serverError'],
    [
      'a timeout',
      { ...gateway, status: '504', errorType: 'INTEGRATION_TIMEOUT', integrationLatency: '29000' },
      'serverError',
    ],
    ['an integration that failed', { ...gateway, status: '504', errorType: 'INTEGRATION_FAILURE' }, 'serverError'],
  ])('%s', (_, fields, outcome) => {
    expect(parseAccessLine(line(fields))?.outcome).toBe(outcome);
  });

  test('of a request that matched no resource has the method `unknown`', () => {
    expect(parseAccessLine(line({ ...gateway, resourcePath: '-', status: '403' }))?.method).toBe('unknown');
  });

  test.each([
    ['no JSON', 'GET /data 200'],
    ['no object', '"text"'],
    ['null', 'null'],
    ['an array', '[]'],
    ['empty', ''],
    ['no API', line({ apiId: '-' })],
    ['an API id that is none', line({ apiId: '../../x' })],
    ['a stage that is none', line({ stage: 'a b' })],
    ['a status that is none', line({ status: '200x' })],
    ['a number where text belongs', JSON.stringify({ ...JSON.parse(line({})), status: 200 })],
    ['a negative latency', line({ integrationLatency: '-5' })],
    ['an endless latency', line({ integrationLatency: '99999999999' })],
    ['a key id that is none', line({ apiKeyId: '<script>' })],
    ['a path without a slash', line({ resourcePath: 'data' })],
    ['an endless path', line({ resourcePath: `/${'x'.repeat(600)}` })],
    ['a method that is none', line({ httpMethod: 'get it' })],
  ])('with %s is unreadable, and nothing is thrown', (_, text) => {
    expect(parseAccessLine(text)).toBeUndefined();
  });
});

describe('the latency histogram', () => {
  test('puts a value into the first bucket whose bound is not below it; the last one is open', () => {
    expect([0, 10, 11, 200, 201, 30_000, 90_000].map(latencyBucket)).toEqual([0, 0, 1, 8, 9, 23, 23]);
    expect(latencyBucket(Number.MAX_SAFE_INTEGER)).toBe(LATENCY_BOUNDS_MS.length - 1);
  });
});
