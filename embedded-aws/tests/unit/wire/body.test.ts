import { gzipSync } from 'node:zlib';
import { plainBody } from '../../../wire/body.ts';

const text = (body: Uint8Array) => Buffer.from(body).toString();

test('aws-chunked bodies lose their chunks, and their trailers become headers', () => {
  const body = Buffer.from(
    '5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n',
  );
  const headers = { 'content-encoding': 'aws-chunked', 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
  const plain = plainBody(headers, body);
  expect(text(plain.body)).toBe('hello world');
  expect(plain.headers['x-amz-checksum-crc32']).toBe('DUoRhQ==');
  expect(plain.headers['content-encoding']).toBeUndefined();
});

test("an object's own encoding stays with it", () => {
  const body = Buffer.from('2\r\nhi\r\n0\r\n\r\n');
  expect(plainBody({ 'content-encoding': 'gzip,aws-chunked' }, body).headers['content-encoding']).toBe('gzip');
});

test('a compressed call is opened, a compressed object is not', () => {
  const body = gzipSync('{"Namespace":"Tidegate"}');
  const call = { 'content-encoding': 'gzip', 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData' };
  expect(text(plainBody(call, body).body)).toBe('{"Namespace":"Tidegate"}');
  expect(plainBody({ 'content-encoding': 'gzip' }, body).body).toEqual(body);
});
