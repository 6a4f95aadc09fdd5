import { NotImplemented } from '../kernel/aws-error.ts';
import type { WireRequest } from './message.ts';
import type { OperationModel, ServiceModel } from './service-model.ts';

/** A REST operation's path pattern, ready to be compared with a request. */
export interface Route {
  readonly operation: OperationModel;
  readonly verb: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** Constant query entries of the pattern: `mode=import`, `uploads`. */
  readonly constants: readonly (readonly [name: string, value: string])[];
  /** Query names and headers without which the operation cannot be meant. */
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  /** Literal characters in the path; the route that spells out more of it wins. */
  readonly literalLength: number;
}

/** S3's clients say which operation they mean; others leave it out, so it decides only between equals. */
const HINT = 'x-id';

const tables = new WeakMap<ServiceModel, readonly Route[]>();

/** The operation that a request addresses, with the text of its path labels still percent-encoded. */
export function matchRoute(
  service: ServiceModel,
  request: WireRequest,
): { route: Route; labels: ReadonlyMap<string, string> } {
  const path = request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path;
  let best: { route: Route; values: RegExpExecArray; score: number } | undefined;
  for (const route of routesOf(service)) {
    if (route.verb !== request.verb) continue;
    const values = route.pattern.exec(route.pattern.source.includes('(.+)') ? request.path : path);
    if (!values || !isMeant(route, request)) continue;
    const score = scoreOf(route, request);
    if (!best || score > best.score) best = { route, values, score };
  }
  if (!best) throw new NotImplemented(service.name, `${request.verb} ${request.path}`);
  const { route, values } = best;
  return { route, labels: new Map(route.labels.map((label, index) => [label, values[index + 1] ?? ''])) };
}

function routesOf(service: ServiceModel): readonly Route[] {
  let routes = tables.get(service);
  if (!routes) {
    routes = [...service.operations.values()].flatMap(routeOf);
    tables.set(service, routes);
  }
  return routes;
}

function routeOf(operation: OperationModel): Route[] {
  if (!operation.http) return [];
  const [verb, uri] = operation.http;
  const [path = '/', search = ''] = uri.split('?');
  const members = operation.input.getMemberSchemas();
  // S3's patterns leave the bucket to the host name; here it is always the first segment of the path.
  const bucket = members.Bucket?.getMergedTraits().httpLabel && !path.includes('{Bucket}') ? '/{Bucket}' : '';
  const full = bucket + (bucket && path === '/' ? '' : path);
  const labels = [...full.matchAll(/\{(\w+)\+?\}/g)].map((match) => match[1] ?? '');
  const pattern = full
    .split(/(\{\w+\+?\})/)
    .map((part) => (part.startsWith('{') ? (part.endsWith('+}') ? '(.+)' : '([^/]+)') : escapeRegExp(part)))
    .join('');
  return [
    {
      operation,
      verb,
      pattern: new RegExp(`^${pattern}$`),
      labels,
      constants: [...new URLSearchParams(search)],
      ...requirementsOf(operation),
      literalLength: full.replace(/\{\w+\+?\}/g, '').length - (full.includes('+}') ? 1 : 0),
    },
  ];
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A structure lists its required members first and counts them in its seventh place. */
function requirementsOf(operation: OperationModel): Pick<Route, 'requiredQuery' | 'requiredHeaders'> {
  const schema: unknown = operation.input.getSchema();
  const count = Array.isArray(schema) && typeof schema[6] === 'number' ? schema[6] : 0;
  const traits = Object.values(operation.input.getMemberSchemas())
    .slice(0, count)
    .map((member) => member.getMergedTraits());
  return {
    requiredQuery: traits.flatMap(({ httpQuery }) => (httpQuery ? [httpQuery] : [])),
    requiredHeaders: traits.flatMap(({ httpHeader }) => (httpHeader ? [httpHeader.toLowerCase()] : [])),
  };
}

function isMeant(route: Route, { query, headers }: WireRequest): boolean {
  return (
    route.constants.every(([name, value]) => name === HINT || query.getAll(name).includes(value)) &&
    route.requiredQuery.every((name) => query.has(name)) &&
    route.requiredHeaders.every((name) => headers[name] !== undefined)
  );
}

function scoreOf(route: Route, { query }: WireRequest): number {
  const hinted = route.constants.some(([name, value]) => name === HINT && query.get(HINT) === value);
  const constants = route.constants.filter(([name]) => name !== HINT).length;
  const required = route.requiredQuery.length + route.requiredHeaders.length;
  return route.literalLength * 1000 + constants * 100 + (hinted ? 50 : 0) + required;
}
