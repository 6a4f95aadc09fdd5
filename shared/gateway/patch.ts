import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { type Bounded, bounded } from '../limits/bounds.ts';
import type { Limit } from '../limits/limit.ts';
import type { MethodKey } from '../limits/method-key.ts';
import { isPatchable, STAGE_DEFAULT, settingsKeyOf } from '../limits/method-key.ts';
import { emptyRecord, own } from '../platform/records.ts';

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
 * The operations that set the named methods of a stage to their limits, with rate and burst of each method side by side. A
 * method that is not named is left as it is, and so is one whose limit or path may not be written: it keeps no other from
 * being written. Refused is a default that may not be written, for then every limit is doubtful, and a patch of nothing.
 * @param settingsKeys the stage's own keys by method, in every spelling that it holds
 */
export function stagePatch(
  wanted: Readonly<Record<MethodKey, Limit>>,
  settingsKeys: Readonly<Record<MethodKey, readonly string[]>>,
  account: Limit,
): Patch {
  const operations: Replacement[] = [];
  const limits = emptyRecord<Limit>();
  const refused: string[] = [];
  for (const [method, limit] of Object.entries(wanted).sort(byMethod)) {
    const keys = own(settingsKeys, method) ?? [settingsKeyOf(method)];
    const allowed = isPatchable(method, keys) ? bounded(limit, account) : UNPATCHABLE;
    if (allowed.kind === 'limit') {
      limits[method] = allowed.limit;
      operations.push(...keys.flatMap((key) => throttleOperations(`/${key}/throttling`, allowed.limit)));
      continue;
    }
    const why = `${method}: ${allowed.why}`;
    if (method === STAGE_DEFAULT) return { kind: 'refused', why };
    refused.push(why);
  }
  return operations.length > 0
    ? { kind: 'patch', operations, limits }
    : { kind: 'refused', why: refused.join('; ') || 'no limit is named' };
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

const UNPATCHABLE: Bounded = { kind: 'refused', why: 'its path may not be patched' };

// Stryker disable next-line EqualityOperator: no method occurs twice.
const byMethod = ([a]: Wish, [b]: Wish): number => (a < b ? -1 : 1);

/** A patch carries its value as text. */
function throttleOperations(path: string, limit: Limit): Replacement[] {
  return [
    { op: 'replace', path: `${path}/rateLimit`, value: String(limit.rateRps) },
    { op: 'replace', path: `${path}/burstLimit`, value: String(limit.burst) },
  ];
}
