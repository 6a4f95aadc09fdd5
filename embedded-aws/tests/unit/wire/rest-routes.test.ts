import type { WireRequest } from '../../../wire/message.ts';
import { matchRoute } from '../../../wire/rest-routes.ts';
import { serviceModel } from '../../../wire/service-model.ts';

async function routed(service: string, line: string, headers: WireRequest['headers'] = {}) {
  const [verb = '', target = ''] = line.split(' ');
  const [path = '', search = ''] = target.split('?');
  const model = await serviceModel(service);
  if (!model) throw new Error(`No model of ${service}.`);
  const request = { verb, path, query: new URLSearchParams(search), headers, body: new Uint8Array() };
  const { route, labels } = matchRoute(model, request);
  return [route.operation.name, Object.fromEntries(labels)];
}

test.each([
  ['apigateway', 'POST /apikeys', 'CreateApiKey', {}],
  ['apigateway', 'POST /apikeys?mode=import&format=csv', 'ImportApiKeys', {}],
  ['apigateway', 'GET /restapis/a/stages/dev', 'GetStage', { restApiId: 'a', stageName: 'dev' }],
  ['lambda', 'POST /2015-03-31/functions/f/invocations', 'Invoke', { FunctionName: 'f' }],
  ['s3', 'PUT /bucket', 'CreateBucket', { Bucket: 'bucket' }],
  ['s3', 'PUT /bucket/', 'CreateBucket', { Bucket: 'bucket' }],
  ['s3', 'GET /', 'ListBuckets', {}],
  ['s3', 'GET /bucket?list-type=2', 'ListObjectsV2', { Bucket: 'bucket' }],
  ['s3', 'GET /bucket', 'ListObjects', { Bucket: 'bucket' }],
  ['s3', 'POST /bucket?delete', 'DeleteObjects', { Bucket: 'bucket' }],
  ['s3', 'PUT /bucket/a/b%20c', 'PutObject', { Bucket: 'bucket', Key: 'a/b%20c' }],
  ['s3', 'PUT /bucket/folder/', 'PutObject', { Bucket: 'bucket', Key: 'folder/' }],
  ['s3', 'PUT /bucket/key?partNumber=1&uploadId=u', 'UploadPart', { Bucket: 'bucket', Key: 'key' }],
  ['s3', 'GET /bucket/key', 'GetObject', { Bucket: 'bucket', Key: 'key' }],
])('%s: %s is %s', async (service, line, operation, labels) => {
  expect(await routed(service, line)).toEqual([operation, labels]);
});

test('a header can decide, where path and query are the same', async () => {
  const [operation] = await routed('s3', 'PUT /bucket/key', { 'x-amz-copy-source': '/bucket/other' });
  expect(operation).toBe('CopyObject');
});

test('what matches nothing is refused with verb and path', async () => {
  await expect(routed('apigateway', 'GET /v2/apis')).rejects.toMatchObject({
    code: 'NotImplemented',
    message: 'The embedded AWS does not implement apigateway:GET /v2/apis.',
  });
});
