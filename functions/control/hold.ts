import { type Hold, saveHold } from '../../shared/state/hold.ts';
import type { Lease } from '../../shared/state/lease.ts';
import { Superseded } from './act.ts';
import type { ControlDependencies } from './dependencies.ts';
import type { Ruling } from './override.ts';
import type { Governed } from './policies.ts';

const MODES = { never: 'shadow', always: 'enforce' } as const;

/** The policy as far as writing goes: a pause writes nothing whatever its mode, a pin or kill is written whatever its mode. */
export function underRuling(governed: Governed, { writes }: Pick<Ruling<unknown>, 'writes'>): Governed {
  return writes === 'policy' ? governed : { ...governed, policy: { ...governed.policy, mode: MODES[writes] } };
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
