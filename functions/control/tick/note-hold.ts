import { type Hold, saveHold } from '../../../shared/state/hold-record.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Governed } from '../steering/governed-api.ts';
import type { Ruling } from '../steering/rule-override.ts';
import { Superseded } from '../superseded.ts';

/** What an operator asks for is written to the letter; less than this is AWS's rounding. */
const EXACT_SHARE = 0.001;

/**
 * The policy as far as writing goes: a pause writes nothing whatever its mode; a pin or a kill is written whatever its mode,
 * also where the law would not think it worth a write.
 */
export function underRuling(governed: Governed, { writes }: Pick<Ruling<unknown>, 'writes'>): Governed {
  const { policy } = governed;
  if (writes === 'policy') return governed;
  if (writes === 'never') return { ...governed, policy: { ...policy, mode: 'shadow' } };
  const guardrails = { ...policy.guardrails, ignoreChangeShare: EXACT_SHARE };
  return { ...governed, policy: { ...policy, mode: 'enforce', guardrails } };
}

/** @throws Superseded when a later holder of the lease has written. */
export async function noteHold(
  { table }: ControlDependencies,
  lease: Lease,
  before: Hold | undefined,
  after: Hold | undefined,
): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (!(await saveHold(table, lease, after))) throw new Superseded('The lease has passed on.');
}
