import type { IncomingMessage } from 'node:http';

/** One HTTP request to a stage, read whole. */
export interface UserRequest {
  readonly apiId: string;
  readonly stageName: string;
  readonly verb: string;
  /** Below the stage, beginning with a slash, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names as the client spelled them. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** By lower-case name; of several the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** API Gateway takes no more than 10 MB. */
export const LARGEST_BODY_BYTES = 10 * 1024 * 1024;

const USER_REQUEST_PATH = /^\/restapis\/([^/]+)\/([^/]+)\/_user_request_(\/.*)?$/;

/** Reads a request at `/restapis/<id>/<stage>/_user_request_/<path>`; undefined when the URL is another one. */
export async function readUserRequest(request: IncomingMessage): Promise<UserRequest | undefined> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, apiId, stageName, path] = USER_REQUEST_PATH.exec(url.pathname) ?? [];
  if (!apiId || !stageName) return undefined;
  const rawHeaders = pairs(request.rawHeaders);
  return {
    apiId,
    stageName,
    verb: request.method ?? 'GET',
    path: path ?? '/',
    query: url.searchParams,
    rawHeaders,
    headers: Object.fromEntries(rawHeaders.map(([name, value]) => [name.toLowerCase(), value])),
    body: await readBody(request),
    sourceIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1',
  };
}

/** Reads to the end, but keeps no more than tells a too large body from one that is not. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (size <= LARGEST_BODY_BYTES) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}

function pairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    found.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return found;
}
