import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { recordOf } from '../kernel/plain-records.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { type Exchange, type HttpRequest, type HttpResponse, httpExchange } from './exchange.ts';
import { refusalAt } from './guard.ts';

/** Answers requests below `/restapis/<id>/<stage>/_user_request_/`. */
export type DataPlane = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface CloudServerOptions {
  readonly management: (request: WireRequest) => Promise<WireResponse>;
  /** Absent until an API can be called: such requests then get a 404. */
  readonly dataPlane?: DataPlane;
}

const HOST = '127.0.0.1';
const USER_REQUEST = /^\/restapis\/[^/]+\/[^/]+\/_user_request_(\/|\?|$)/;

/** Whether a request is for a deployed API, and not for AWS's management endpoints. */
export const isUserRequest = (target: string): boolean => USER_REQUEST.test(target);

/** The one HTTP door: deployed APIs under their paths, AWS's management endpoints everywhere else. */
export class CloudServer {
  /** What the management endpoints answer, for callers of this process that need no socket. */
  readonly exchange: Exchange;
  private readonly server: Server;
  private readonly management: Exchange;
  private readonly dataPlane: DataPlane | undefined;
  private port = 0;

  constructor(options: CloudServerOptions) {
    this.dataPlane = options.dataPlane;
    this.management = httpExchange(options.management);
    this.exchange = (request) => {
      const refusal = this.refusalOf(request);
      return refusal ? Promise.resolve(refusal) : this.management(request);
    };
    this.server = createServer({ keepAlive: true }, (request, response) => {
      this.handle(request, response).catch((error: unknown) => refuse(response, error));
    });
  }

  /** Listens on the loopback interface; port 0 takes any free one. Resolves to the endpoint's URL. */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, HOST, () => {
        this.server.off('error', reject);
        this.port = (this.server.address() as AddressInfo).port;
        resolve(`http://${HOST}:${this.port}`);
      });
    });
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = headOf(request);
    const refusal = this.refusalOf(head);
    if (refusal) return send(response, refusal);
    if (!isUserRequest(head.target)) {
      return send(response, await this.management({ ...head, body: await bodyOf(request) }));
    }
    if (this.dataPlane) return await this.dataPlane(request, response);
    response.writeHead(404).end();
  }

  private refusalOf(head: RequestHead): HttpResponse | undefined {
    return refusalAt({ port: this.port, isOpenToPages: isUserRequest(head.target) }, head);
  }
}

type RequestHead = Omit<HttpRequest, 'body'>;

/** A header that was sent twice keeps both values: who looks at the first alone may be deceived by the second. */
function headOf({ method = 'GET', url = '/', headersDistinct }: IncomingMessage): RequestHead {
  const headers = Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(', ')] as const);
  return { method, target: url, headers: recordOf(headers) };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.sendDate = false;
  response.writeHead(status, headers);
  response.end(body);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ __type: 'InternalFailure', message: String(error) }));
}
