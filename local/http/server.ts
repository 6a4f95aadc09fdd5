import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { type Exchange, type HttpRequest, httpExchange } from './exchange.ts';

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
  private readonly options: CloudServerOptions;

  constructor(options: CloudServerOptions) {
    this.options = options;
    this.exchange = httpExchange(options.management);
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
        resolve(`http://${HOST}:${(this.server.address() as AddressInfo).port}`);
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
    if (isUserRequest(request.url ?? '/')) {
      const { dataPlane } = this.options;
      if (dataPlane) return await dataPlane(request, response);
      response.writeHead(404).end();
      return;
    }
    const { status, headers, body } = await this.exchange(await readRequest(request));
    response.sendDate = false;
    response.writeHead(status, headers);
    response.end(body);
  }
}

async function readRequest(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: request.method ?? 'GET', target: request.url ?? '/', headers, body: Buffer.concat(chunks) };
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ __type: 'InternalFailure', message: String(error) }));
}
