import type { Limit } from '../../limits/limit.ts';
import { isSameLimit } from '../../limits/limit.ts';
import type { LimitName } from '../../limits/limit-name.ts';
import { own } from '../../platform/records.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Claim, Drift, DriftKind } from '../../state/drift-record.ts';
import type { DriftInput } from './drift-input.ts';

/** Events name whole seconds, and what they tell of may be seen a little later. */
const SLACK_MS = 90_000;
/** A deploy that has said nothing for longer than this is not under way any more. */
const LONGEST_DEPLOY_MS = 3_600_000;
/** After so long without a look control counts as having been silent; its fail-safe may have acted. */
const SILENCE_MS = 180_000;

/** Who changed a limit since the last look: whom AWS names, else by elimination. */
export function causeOf(
  name: LimitName,
  after: Limit,
  afterMs: EpochMs,
  input: DriftInput & { readonly isNewBaseline: boolean },
): { readonly kind: DriftKind; readonly who: string | null } {
  const { record, now, isNewBaseline } = input;
  const person = record.claims[targetOf(name, input)];
  if (person && isSince(person, afterMs)) return { kind: 'human', who: person.who };
  const isBaseline = isDeployed(name, after, input);
  const { deploy } = record.claims;
  const isDeploying = deploy !== undefined && (isSince(deploy, afterMs) || isUnderWay(deploy, now));
  if (isDeploying || isNewBaseline) return { kind: 'deploy', who: deploy?.who ?? null };
  if (isBaseline && afterMs > 0 && now - afterMs > SILENCE_MS) return { kind: 'fail-safe', who: null };
  return { kind: isBaseline ? 'deploy' : 'unknown', who: null };
}

/** Who made a change that nobody was known to have made when it was found; undefined while nobody is. */
export function isExplainedLater(name: LimitName, standing: Drift, input: DriftInput): string | undefined {
  const claim = input.record.claims[targetOf(name, input)];
  const isOpen = standing.kind === 'unknown' || (standing.kind === 'deploy' && standing.who === null);
  if (!isOpen || !claim || !isSince(claim, standing.afterMs)) return undefined;
  return claim.atMs <= standing.foundMs + SLACK_MS ? claim.who : undefined;
}

function isSince(claim: Claim, afterMs: EpochMs): boolean {
  return claim.atMs >= afterMs - SLACK_MS;
}

function isUnderWay({ isOngoing, atMs }: Claim, now: EpochMs): boolean {
  return isOngoing === true && now - atMs < LONGEST_DEPLOY_MS;
}

function targetOf(name: LimitName, { planIds }: DriftInput): string {
  return name.of === 'tiers' ? `plan#${own(planIds, name.key) ?? ''}` : 'stage';
}

function isDeployed(name: LimitName, limit: Limit, { baseline }: DriftInput): boolean {
  return isSameLimit(limit, name.of === 'tiers' ? own(baseline.tiers, name.key) : baseline.stage);
}
