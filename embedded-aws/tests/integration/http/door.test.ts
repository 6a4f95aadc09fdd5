import { once } from 'node:events';
import { connect } from 'node:net';
import { CloudServer } from '../../../http/server.ts';

let server: CloudServer;
let port: number;
/** What was carried out, and by which of the two doors. */
let served: string[];

beforeEach(async () => {
  served = [];
  server = new CloudServer({
    management: async ({ path }) => {
      served.push(`management ${path}`);
      return { status: 200, headers: {}, body: '' };
    },
    dataPlane: (request, response) => {
      served.push(`API ${request.url}`);
      response.end();
    },
  });
  port = Number(new URL(await server.listen(0)).port);
});
afterEach(() => server.close());

const API = '/restapis/abc/dev/_user_request_/data';
const lines = (...head: string[]) => `${head.join('\r\n')}\r\n\r\n`;
const own = () => `Host: 127.0.0.1:${port}`;

/** Writes to the socket as it stands, without the corrections of an HTTP client; resolves to the whole answer. */
async function raw(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
    socket.end();
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

/** The sentence of a refusal, or the status of any other answer. */
function reasonOf(answer: string): string {
  const status = answer.split(' ')[1] ?? 'none';
  return status === '403' ? String(/^\{"message":"(.*?)"\}/m.exec(answer)?.[1]) : status;
}

describe('both doors', () => {
  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('serve the name %s with their own port', async (name) => {
    for (const path of ['/', API]) await raw(lines(`GET ${path} HTTP/1.1`, `Host: ${name}:${port}`));
    expect(served).toEqual(['management /', `API ${API}`]);
  });

  test.each([
    ['another name', () => 'evil.example', () => 'evil.example'],
    ['another name with the own port', () => `evil.example:${port}`, () => `evil.example:${port}`],
    ['another port', () => '127.0.0.1:1', () => '127.0.0.1:1'],
    ['no port', () => 'localhost', () => 'localhost'],
    ['a name that only begins like the own', () => `localhost:${port}.evil.example`, () => `localhost:${port}.evil`],
    ['a bucket before the own name', () => `bucket.localhost:${port}`, () => `bucket.localhost:${port}`],
    ['the address of all interfaces', () => `0.0.0.0:${port}`, () => `0.0.0.0:${port}`],
    ['an empty name', () => '', () => 'empty'],
  ])('refuse %s as Host', async (_, host, found) => {
    for (const path of ['/', API]) {
      const reason = reasonOf(await raw(lines(`GET ${path} HTTP/1.1`, `Host: ${host()}`)));
      expect(reason).toContain(`Refused: the Host header is ${found()}`);
      expect(reason).toContain(`expected 127.0.0.1:${port}, localhost:${port} or [::1]:${port}.`);
    }
    expect(served).toEqual([]);
  });

  test('refuse a request that names no host, or two', async () => {
    expect(reasonOf(await raw(lines('GET / HTTP/1.0')))).toContain('the Host header is missing');
    const twice = reasonOf(await raw(lines('GET / HTTP/1.1', own(), 'Host: evil.example')));
    expect(twice).toContain(`the Host header is 127.0.0.1:${port}, evil.example`);
    expect(served).toEqual([]);
  });

  test('refuse a target that names a host of its own', async () => {
    for (const target of ['http://evil.example/', `http://evil.example${API}`, '*']) {
      const reason = reasonOf(await raw(lines(`OPTIONS ${target} HTTP/1.1`, own())));
      expect(reason).toContain(`the request target is ${target}; expected a path that begins with /`);
    }
    expect(served).toEqual([]);
  });

  test('do not believe what a proxy says of the host', async () => {
    const forwarded = `X-Forwarded-Host: 127.0.0.1:${port}`;
    const reason = reasonOf(await raw(lines('GET / HTTP/1.1', 'Host: evil.example', forwarded)));
    expect(reason).toContain('the Host header is evil.example');
    expect(served).toEqual([]);
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT'])(
    'refuse %s alike',
    async (verb) => {
      await raw(lines(`${verb} / HTTP/1.1`, 'Host: evil.example', 'Content-Length: 0', 'Connection: close'));
      expect(served).toEqual([]);
    },
  );

  test('refuse before the body has come', async () => {
    const head = lines('POST / HTTP/1.1', 'Host: evil.example', 'Content-Length: 1000000');
    expect(reasonOf(await raw(head))).toContain('the Host header is evil.example');
  });
});

describe('the management door', () => {
  test.each([
    [
      'Origin: https://evil.example',
      'the Origin header is https://evil.example; expected no such header, or http://127.0.0.1',
    ],
    ['Origin: http://localhost:3000', 'the Origin header is http://localhost:3000'],
    ['Origin: null', 'the Origin header is null'],
    ['Origin:', 'the Origin header is empty'],
    [
      'Sec-Fetch-Site: cross-site',
      'the Sec-Fetch-Site header is cross-site; expected no such header, or same-origin or none',
    ],
    ['Sec-Fetch-Site: same-site', 'the Sec-Fetch-Site header is same-site'],
  ])('refuses %s', async (header, reason) => {
    const answer = await raw(lines('GET / HTTP/1.1', own(), header));
    expect(reasonOf(answer)).toContain(reason);
    expect(answer.toLowerCase()).not.toContain('access-control-');
    expect(served).toEqual([]);
  });

  test('refuses an own and a foreign Origin in one request', async () => {
    const origins = [`Origin: http://127.0.0.1:${port}`, 'Origin: https://evil.example'];
    expect(reasonOf(await raw(lines('GET / HTTP/1.1', own(), ...origins)))).toContain('the Origin header is');
    expect(served).toEqual([]);
  });

  test('refuses a page that wants to upgrade to a WebSocket', async () => {
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Origin: https://evil.example'];
    expect(reasonOf(await raw(lines('GET / HTTP/1.1', own(), ...upgrade)))).toContain('the Origin header is');
    expect(served).toEqual([]);
  });

  test('answers a preflight with no permission', async () => {
    const asked = ['Origin: https://evil.example', 'Access-Control-Request-Method: PUT'];
    const answer = await raw(lines('OPTIONS / HTTP/1.1', own(), ...asked));
    expect(answer).toMatch(/^HTTP\/1.1 403/);
    expect(answer.toLowerCase()).not.toContain('access-control-');
  });

  test('serves the address bar, and a page of its own', async () => {
    await raw(lines('GET /typed HTTP/1.1', own(), 'Sec-Fetch-Site: none'));
    await raw(lines('GET /own HTTP/1.1', own(), `Origin: http://127.0.0.1:${port}`, 'Sec-Fetch-Site: same-origin'));
    expect(served).toEqual(['management /typed', 'management /own']);
  });

  test('refuses a function of this process as it would through a socket', async () => {
    const request = { method: 'GET', target: '/', body: new Uint8Array() };
    const foreign = await server.exchange({ ...request, headers: { host: 'evil.example' } });
    const page = await server.exchange({ ...request, headers: { host: `127.0.0.1:${port}`, origin: 'null' } });
    expect([foreign.status, page.status, served]).toEqual([403, 403, []]);
    expect((await server.exchange({ ...request, headers: { host: `127.0.0.1:${port}` } })).status).toBe(200);
  });
});

test("a deployed API serves the pages of other sites, for that is the API's business (CORS)", async () => {
  await raw(lines(`GET ${API} HTTP/1.1`, own(), 'Origin: https://shop.example', 'Sec-Fetch-Site: cross-site'));
  expect(served).toEqual([`API ${API}`]);
});
