import { apiStageName } from '../../../shared/platform/api-stage.ts';
import { parsePolicy } from '../../../shared/policy/parse.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { StageOutcome } from '../../../shared/state/decisions.ts';
import { clearDesired } from '../../../shared/state/desired.ts';
import { type Hold, readHold } from '../../../shared/state/hold-record.ts';
import { readLastPolicy, saveLastPolicy } from '../../../shared/state/last-policy.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import type { Trigger } from '../control-trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { isInForce } from '../steering/after-silence.ts';
import type { Governed } from '../steering/governed-api.ts';
import type { Observation } from '../steering/observation.ts';
import { Superseded } from '../superseded.ts';
import type { LoadedOverrides } from './accept-overrides.ts';
import { noteRelease } from './notices.ts';

/**
 * The API whose policy and override are both gone. Control does not drop it where it stands, perhaps at its emergency
 * floor: it stays governed by the last policy, or by the defaults, until its limits are led back.
 */
export async function withLeaving(
  { table, baseline }: ControlDependencies,
  loaded: LoadedOverrides,
): Promise<LoadedOverrides> {
  const { apiId, stage } = baseline;
  const api = { apiId, stage };
  if (loaded.governed.some((each) => apiStageName(each.api) === apiStageName(api))) return loaded;
  const last = await readLastPolicy(table, api);
  if (!last && !(await readHold(table, api))) return loaded;
  const parsed = parsePolicy(last?.document ?? '');
  const policy = parsed.ok ? parsed.policy : policySchema.parse({ api: apiStageName(api) });
  const { name, version } = last ?? { name: '(no policy)', version: 0 };
  return { ...loaded, governed: [...loaded.governed, { api, policy, name, version, isLeaving: true }] };
}

/** The stage of an API that is let go comes back in steps, whoever took it down. */
export function holdOf({ isLeaving }: Governed, hold: Hold | undefined): Hold | undefined {
  return isLeaving ? (hold ?? { restorePoint: { stage: {}, tiers: {} }, isStageHeld: true }) : hold;
}

/** What became of a tick for an API that is let go. */
export interface Departure {
  readonly observation: Observation;
  readonly hold: Hold | undefined;
  readonly stageOutcome: StageOutcome;
}

/** Lets go of an API whose limits were found to be where they belong, with a last decision that says so. */
export async function letGo(
  dependencies: ControlDependencies,
  governed: Governed,
  lease: Lease,
  trigger: Trigger,
  { observation, hold, stageOutcome }: Departure,
): Promise<void> {
  const { desired } = observation;
  const isBack = hold === undefined && stageOutcome !== 'written' && (!desired || isInForce(desired, observation));
  if (!governed.isLeaving || !isBack) return;
  await noteRelease(dependencies, trigger, governed);
  if (!(await clearDesired(dependencies.table, lease))) throw new Superseded('The lease has passed on.');
  await saveLastPolicy(dependencies.table, governed.api, undefined);
}
