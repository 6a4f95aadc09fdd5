import type { MethodKey } from '../../kernel/quantities.ts';

/** The key of a stage's default, in force for every method without a record of its own. */
export const EVERY_METHOD = '*/*';

/** `/orders` and `POST` become `/orders/POST`; the root's `GET` is `//GET`, as API Gateway's plans spell it. */
export const methodKey = (resourcePath: string, verb: string): MethodKey => `${resourcePath}/${verb}`;

/**
 * One spelling for the several in which method settings occur: `data/GET`, `~1data/GET` and `/data/GET` are
 * `/data/GET`; `*` slash `*` and CloudFormation's `/*` slash `*` are `EVERY_METHOD`.
 */
export function normaliseMethodKey(spelling: string): MethodKey {
  const text = spelling.replaceAll('~1', '/').replaceAll('~0', '~');
  const end = text.lastIndexOf('/');
  const path = text.slice(0, Math.max(0, end)).replace(/^\/*/, '');
  const verb = text.slice(end + 1);
  if (path === '*' && verb === '*') return EVERY_METHOD;
  return methodKey(`/${path}`, verb);
}
