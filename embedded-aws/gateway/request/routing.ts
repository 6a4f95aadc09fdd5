import { emptyRecord } from '../../kernel/plain-records.ts';
import type { DeployedMethod } from '../deployed/deployed-api.ts';

export interface Route {
  readonly method: DeployedMethod;
  /** Values of the resource path's `{names}`, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Match {
  readonly path: string;
  readonly pathParameters: Record<string, string>;
  /** One letter a segment: `a` literal, `b` parameter, `c` greedy. The smallest text is the most specific path. */
  readonly rank: string;
}

/** The deployed method that answers `verb path`: literal segments before `{name}`, before `{name+}`; the verb before ANY. */
export function findRoute(methods: readonly DeployedMethod[], verb: string, path: string): Route | undefined {
  const matches = [...new Set(methods.map((method) => method.path))]
    .map((resourcePath) => match(resourcePath, path))
    .filter((found) => found !== undefined)
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const best = matches[0];
  if (!best) return undefined;
  const candidates = methods.filter((method) => method.path === best.path);
  const method = candidates.find((one) => one.verb === verb) ?? candidates.find((one) => one.verb === 'ANY');
  return method && { method, pathParameters: best.pathParameters };
}

function match(resourcePath: string, path: string): Match | undefined {
  const wanted = segments(resourcePath);
  const given = segments(path);
  const pathParameters = emptyRecord<string>();
  let rank = '';
  for (const [index, segment] of wanted.entries()) {
    const value = given[index];
    if (value === undefined) return undefined;
    const [, name, greedy] = /^\{(.+?)(\+?)\}$/.exec(segment) ?? [];
    if (name === undefined) {
      if (segment !== value) return undefined;
      rank += 'a';
    } else if (value === '') {
      return undefined;
    } else if (greedy) {
      pathParameters[name] = given.slice(index).map(decode).join('/');
      return { path: resourcePath, pathParameters, rank: `${rank}c` };
    } else {
      pathParameters[name] = decode(value);
      rank += 'b';
    }
  }
  return wanted.length === given.length ? { path: resourcePath, pathParameters, rank } : undefined;
}

const segments = (path: string): string[] => path.replace(/^\/|\/$/g, '').split('/');

/** A segment that is not valid percent-encoding stays as it came. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
