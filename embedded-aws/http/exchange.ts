import { plainBody } from '../wire/body.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';

/** A request as it arrived, whatever carried it: header names in lower case, the body complete. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query string, as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers one request; never rejects. */
export type Exchange = (request: HttpRequest) => Promise<HttpResponse>;

/** Puts HTTP around AWS's management endpoints. */
export function httpExchange(management: (request: WireRequest) => Promise<WireResponse>): Exchange {
  return async (request) => {
    try {
      const answer = await management(wireRequest(request));
      const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
      const headers = { 'content-length': String(body.length), ...answer.headers };
      // A HEAD answer may state the length of the body that it leaves out.
      return { status: answer.status, headers, body: request.method === 'HEAD' ? Buffer.alloc(0) : body };
    } catch (error) {
      const body = Buffer.from(JSON.stringify({ __type: 'InternalFailure', message: String(error) }));
      return { status: 500, headers: { 'content-type': 'application/json' }, body };
    }
  };
}

function wireRequest({ method, target, headers, body }: HttpRequest): WireRequest {
  const [path = '/', search = ''] = target.split(/\?(.*)/s);
  return { verb: method, path, query: new URLSearchParams(search), ...plainBody({ ...headers }, body) };
}
