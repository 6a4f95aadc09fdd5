import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { type Bounded, bounded } from '../limits/bounds.ts';
import type { Limit } from '../limits/limit.ts';
import type { MethodKey } from '../limits/method-key.ts';
import { isMethodKey, STAGE_DEFAULT, settingsKeyOf } from '../limits/method-key.ts';
import { emptyRecord, own } from '../platform/records.ts';

/**
 * The only stage paths that may be patched. IAM cannot distinguish a throttle from a redeployment, so this list does. Both
 * spellings of a method's path are allowed, because both occur in stages that others have patched.
 */
const STAGE_PATH =
  /^\/(?:\*|[A-Za-z0-9._~{}+:$,=@!()'-]+(?:\/[A-Za-z0-9._~{}+:$,=@!()'-]+)*)\/(?:\*|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)\/throttling\/(?:rateLimit|burstLimit)$/;

/** AWS documents no maximum per call; fewer than a hundred operations are known to work. */
export const OPERATIONS_PER_CALL = 80;

interface Replacement extends PatchOperation {
  readonly op: 'replace';
  readonly path: string;
  readonly value: string;
}

export type Patch =
  | {
      readonly kind: 'patch';
      readonly operations: Replacement[];
      readonly limits: Readonly<Record<MethodKey, Limit>>;
    }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * The operations that set a stage to the wanted limits, with rate and burst of each method side by side. An existing method
 * override that is not named is set to the default, because it would otherwise keep its old value. An override whose path
 * may not be patched stays as it is and does not prevent the other patches.
 * @param settingsKeys the stage's own keys by method, in every spelling that it holds
 */
export function stagePatch(
  wanted: Readonly<Record<MethodKey, Limit>>,
  settingsKeys: Readonly<Record<MethodKey, readonly string[]>>,
  account: Limit,
): Patch {
  const fallback = own(wanted, STAGE_DEFAULT);
  const overrides = Object.entries(settingsKeys).flatMap(([method, keys]) => (isPatchable(method, keys) ? method : []));
  const followers = fallback ? overrides.map((method) => [method, fallback] as const) : [];
  const operations: Replacement[] = [];
  const limits = emptyRecord<Limit>();
  for (const [method, limit] of [...new Map([...followers, ...Object.entries(wanted)])].sort(byMethod)) {
    const allowed = limitFor(method, limit, account);
    if (allowed.kind === 'refused') return { kind: 'refused', why: `${method}: ${allowed.why}` };
    limits[method] = allowed.limit;
    for (const settingsKey of own(settingsKeys, method) ?? [settingsKeyOf(method)]) {
      operations.push(...throttleOperations(`/${settingsKey}/throttling`, allowed.limit));
    }
  }
  const outside = operations.find(({ path }) => !STAGE_PATH.test(path));
  return outside
    ? { kind: 'refused', why: `${outside.path} may not be patched` }
    : { kind: 'patch', operations, limits };
}

/** Both operations of a plan's throttle, for the one call per 20 s that AWS allows. */
export function planPatch(wanted: Limit, account: Limit): Patch {
  const allowed = bounded(wanted, account);
  if (allowed.kind === 'refused') return allowed;
  return { kind: 'patch', operations: throttleOperations('/throttle', allowed.limit), limits: { plan: allowed.limit } };
}

/** Slices of at most `OPERATIONS_PER_CALL`; a pair of rate and burst is never separated. */
export function calls(operations: readonly PatchOperation[]): PatchOperation[][] {
  const slices: PatchOperation[][] = [];
  for (let at = 0; at < operations.length; at += OPERATIONS_PER_CALL) {
    slices.push(operations.slice(at, at + OPERATIONS_PER_CALL));
  }
  return slices;
}

type Wish = readonly [MethodKey, Limit];

// Stryker disable next-line EqualityOperator: no method occurs twice.
const byMethod = ([a]: Wish, [b]: Wish): number => (a < b ? -1 : 1);

function isPatchable(method: MethodKey, settingsKeys: readonly string[]): boolean {
  return isMethodKey(method) && settingsKeys.every((key) => STAGE_PATH.test(`/${key}/throttling/rateLimit`));
}

function limitFor(method: MethodKey, limit: Limit, account: Limit): Bounded {
  return isMethodKey(method) ? bounded(limit, account) : { kind: 'refused', why: 'is no method' };
}

/** A patch carries its value as text. */
function throttleOperations(path: string, limit: Limit): Replacement[] {
  return [
    { op: 'replace', path: `${path}/rateLimit`, value: String(limit.rateRps) },
    { op: 'replace', path: `${path}/burstLimit`, value: String(limit.burst) },
  ];
}
