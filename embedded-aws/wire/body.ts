import { gunzipSync } from 'node:zlib';
import { emptyRecord } from '../kernel/plain-records.ts';

/** Headers and body once transport encodings are undone. */
export interface PlainBody {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Undoes `aws-chunked` (its trailers become headers) and the SDK's gzip compression of large requests. */
export function plainBody(headers: Record<string, string>, body: Uint8Array): PlainBody {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  const isChunked =
    encodings.includes('aws-chunked') || (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const plain = isChunked ? readChunks(headers, body) : { headers: { ...headers }, body };
  const rest = encodings.filter((encoding) => encoding !== 'aws-chunked' && encoding !== '');
  if (rest.length) plain.headers['content-encoding'] = rest.join(',');
  else delete plain.headers['content-encoding'];
  // S3 stores an object in the encoding that its owner names; only rpc requests are compressed for transport.
  const isCompressed = rest.join() === 'gzip' && isRpc(headers);
  return isCompressed ? { headers: plain.headers, body: gunzipSync(plain.body) } : plain;
}

const isRpc = (headers: Record<string, string>): boolean =>
  headers['x-amz-target'] !== undefined ||
  headers['smithy-protocol'] !== undefined ||
  (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

/** `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n` … `0\r\n<trailer>: <value>\r\n\r\n` */
function readChunks(headers: Record<string, string>, body: Uint8Array): PlainBody {
  const source = Buffer.from(body.buffer, body.byteOffset, body.length);
  const chunks: Uint8Array[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = source.indexOf('\r\n', position);
    if (lineEnd < 0) break;
    const size = Number.parseInt(source.toString('latin1', position, lineEnd), 16);
    position = lineEnd + 2;
    if (!(size > 0)) break;
    chunks.push(source.subarray(position, position + size));
    position += size + 2;
  }
  const trailers = emptyRecord<string>();
  for (const line of source.toString('latin1', position).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers: { ...headers, ...trailers }, body: Buffer.concat(chunks) };
}
