import { apiStageName } from '../../../shared/platform/api-stage.ts';
import { parsePolicy } from '../../../shared/policy/parse.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { StageOutcome } from '../../../shared/state/decisions.ts';
import { clearDesired } from '../../../shared/state/desired.ts';
import { readLastPolicy, saveLastPolicy } from '../../../shared/state/last-policy.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import { isInForce } from '../../../shared/steering/start-after-silence.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { Superseded } from '../superseded.ts';
import type { Decided } from '../tick/decided.ts';
import type { Look } from '../tick/look.ts';
import type { LoadedOverrides } from './accept-overrides.ts';
import { noteRelease } from './notices.ts';

/**
 * Adds the API whose policy and override are both gone. Its limits may be at the emergency floor, so the API stays governed by
 * the last policy, or by the defaults, until its limits are back.
 */
export async function withLeaving(
  { table, baseline }: ControlDependencies,
  loaded: LoadedOverrides,
): Promise<LoadedOverrides> {
  const { apiId, stage } = baseline;
  const api = { apiId, stage };
  if (loaded.governed.some((each) => apiStageName(each.api) === apiStageName(api))) return loaded;
  const last = await readLastPolicy(table, api);
  if (!last && !(await readWayBack(table, api))) return loaded;
  const parsed = parsePolicy(last?.document ?? '');
  const policy = parsed.ok ? parsed.policy : policySchema.parse({ api: apiStageName(api) });
  const { name, version } = last ?? { name: '(no policy)', version: 0 };
  return { ...loaded, governed: [...loaded.governed, { api, policy, name, version, isLeaving: true }] };
}

/** The result of a tick for an API that is being released. */
export interface Departure extends Decided {
  readonly stageOutcome: StageOutcome;
}

/** Releases an API whose limits are back, and records a last decision about it. */
export async function letGo(
  dependencies: ControlDependencies,
  look: Look,
  { observation, steering, stageOutcome }: Departure,
): Promise<void> {
  const { governed, memory } = look;
  const { desired } = observation;
  const areLimitsBack = stageOutcome !== 'written' && (!desired || isInForce(desired, observation));
  if (!governed.isLeaving || steering.nextWayBack !== undefined || !areLimitsBack) return;
  await noteRelease(dependencies, look);
  if (!(await clearDesired(dependencies.table, memory.lease))) throw new Superseded();
  await saveLastPolicy(dependencies.table, governed.api, undefined);
}
