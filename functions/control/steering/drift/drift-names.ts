import type { Limit } from '../../../../shared/limits/limit.ts';
import type { Limits } from '../../../../shared/limits/limits.ts';
import { STAGE_DEFAULT } from '../../../../shared/limits/method-key.ts';

/** What is in force under a name; a method without an override has the stage's default. */
export function inForce(name: string, { stage, tiers }: Limits): Limit | undefined {
  const [kind, key] = partsOf(name);
  return kind === 'tier' ? tiers[key] : (stage[key] ?? stage[STAGE_DEFAULT]);
}

/** A limit's name is `stage` or `tier`, a blank, and the method or the tier. */
export function partsOf(name: string): [kind: string, key: string] {
  const at = name.indexOf(' ');
  return [name.slice(0, at), name.slice(at + 1)];
}
