import type { HttpRequest, HttpResponse } from './exchange.ts';

/** A door on the loopback interface. */
export interface Door {
  readonly port: number;
  /** Whether pages of any origin may call it, as they may call a deployed API. */
  readonly isOpenToPages: boolean;
}

type RequestHead = Pick<HttpRequest, 'target' | 'headers'>;

/** The names of the loopback interface. */
const NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const HTTP_PORT = 80;
/** What a browser says of a request that no other site caused: the door's own page, or the address bar. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * Decides from a request's head alone, before the body is read, whether a door on loopback serves it.
 *
 * Every web page can make its visitor's browser send requests to 127.0.0.1: to the address itself, and then `Origin` or
 * `Sec-Fetch-Site` tell of another site; or under a host name of the page's own that resolves to 127.0.0.1 (DNS
 * rebinding), and then `Host` is that name. A page can change none of these headers.
 *
 * @returns the 403 that says which header was refused and what was expected; undefined when the request may enter
 */
export function refusalAt(door: Door, head: RequestHead): HttpResponse | undefined {
  const reason = hostProblem(door, head) ?? (door.isOpenToPages ? undefined : pageProblem(door, head));
  if (reason === undefined) return undefined;
  const body = Buffer.from(JSON.stringify({ message: `Refused: ${reason}.` }));
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return { status: 403, headers, body };
}

function hostProblem({ port }: Door, { target, headers }: RequestHead): string | undefined {
  // A target that is a whole URL would take precedence over the Host header (RFC 9112, 3.2.2).
  if (!target.startsWith('/')) return `the request target is ${target}; expected a path that begins with /`;
  const own = ownHosts(port);
  if (own.includes(headers.host?.toLowerCase() ?? '')) return undefined;
  return `the Host header is ${shown(headers.host)}; expected ${oneOf(own)}`;
}

function pageProblem({ port }: Door, { headers }: RequestHead): string | undefined {
  const { origin, 'sec-fetch-site': site } = headers;
  const own = ownHosts(port).map((host) => `http://${host}`);
  if (origin !== undefined && !own.includes(origin)) {
    return `the Origin header is ${shown(origin)}; expected no such header, or ${oneOf(own)}, for pages of other sites may not call this endpoint`;
  }
  if (site !== undefined && !OWN_SITES.includes(site)) {
    return `the Sec-Fetch-Site header is ${shown(site)}; expected no such header, or ${oneOf(OWN_SITES)}, for pages of other sites may not call this endpoint`;
  }
  return undefined;
}

/** As clients write it: the port that HTTP has by default is left out. */
const ownHosts = (port: number): string[] => NAMES.map((name) => (port === HTTP_PORT ? name : `${name}:${port}`));

const oneOf = (choices: readonly string[]): string => `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;

const shown = (value: string | undefined): string => (value === undefined ? 'missing' : value || 'empty');
