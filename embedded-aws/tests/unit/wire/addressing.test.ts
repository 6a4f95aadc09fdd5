import { credentialOf, serviceNameOf } from '../../../wire/addressing.ts';
import type { WireRequest } from '../../../wire/message.ts';

const request = (parts: Partial<WireRequest>): WireRequest => ({
  verb: 'GET',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  body: new Uint8Array(),
  ...parts,
});
const credential = 'FN.tidegate-dev-control/20310101/us-east-1/monitoring/aws4_request';
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

test('the credential names service and caller, in the header or in a presigned URL', () => {
  const wanted = { accessKeyId: 'FN.tidegate-dev-control', serviceName: 'monitoring' };
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  expect(credentialOf(request({ headers: { authorization } }))).toEqual(wanted);
  expect(credentialOf(request({ query: new URLSearchParams({ 'X-Amz-Credential': credential }) }))).toEqual(wanted);
  expect(credentialOf(request({}))).toBeUndefined();
});

test.each([
  ['a JSON target', { headers: { 'x-amz-target': 'AmazonSSM.GetParameter' } }, 'ssm'],
  ['a CBOR path', { path: '/service/GraniteServiceVersion20100801/operation/ListMetrics' }, 'monitoring'],
  ['a form', { headers: form, body: Buffer.from('Action=GetCallerIdentity&Version=2011-06-15') }, 'sts'],
  ['a path of API Gateway', { path: '/restapis/abc/stages/dev' }, 'apigateway'],
  ['a path of Lambda', { path: '/2015-03-31/functions/f/invocations' }, 'lambda'],
  ['any other path', { path: '/bucket/key' }, 's3'],
  ['an unknown target', { headers: { 'x-amz-target': 'Elsewhere.DoIt' } }, 'Elsewhere'],
])('unsigned, %s names the service', (_what, parts, service) => {
  expect(serviceNameOf(request(parts))).toBe(service);
});
