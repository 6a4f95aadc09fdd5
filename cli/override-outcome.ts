import { isSameLimit } from '../shared/limits/limit.ts';
import type { Override, Pin } from '../shared/policy/schema/override-schema.ts';
import type { Decision } from '../shared/state/decisions.ts';

/** A stored override. */
export interface StoredOverride {
  readonly override: Override;
  readonly version: number;
  /** The name of the override's parameter. */
  readonly parameter: string;
  readonly policy: string;
}

/** The outcome of a stored override, according to later decisions. */
export type OverrideOutcome =
  | { readonly kind: 'carried-out'; readonly decision: Decision }
  | { readonly kind: 'lost'; readonly why: string }
  /** Not carried out yet; `seen` is the newest decision that knew the override, if any. */
  | { readonly kind: 'pending'; readonly seen: Decision | undefined };

/** @param decisions oldest first */
export function outcomeOf(order: StoredOverride, decisions: readonly Decision[]): OverrideOutcome {
  const { version, parameter, policy } = order;
  const refusal = decisions.find(({ rule, reason }) => {
    return rule === 'override-rejected' && reason.startsWith(`${parameter} version ${version}:`);
  });
  if (refusal) return { kind: 'lost', why: `Control refused the override. ${refusal.reason}` };
  const about = decisions.filter((each) => each.policy.name === policy && each.override !== undefined);
  const seen = about.filter(({ override }) => override?.version === version);
  const decision = seen.find((each) => isInForce(order.override, each));
  if (decision) return { kind: 'carried-out', decision };
  const later = about.find(({ override }) => (override?.version ?? 0) > version)?.override;
  if (later)
    return {
      kind: 'lost',
      why: `Version ${later.version} (${later.action}) replaced the override before control carried it out.`,
    };
  return { kind: 'pending', seen: seen.at(-1) };
}

const WRITTEN: ReadonlySet<string> = new Set(['written', 'unchanged']);

/** Whether a decision carried the override out: its limits are in force or, for plans, pending. */
function isInForce(override: Override, decision: Decision): boolean {
  const { mode, rule, stageOutcome } = decision;
  if (override.action === 'pause') return mode === 'paused';
  // The switch at `pause` stops every override except a kill.
  if (rule === 'paused') return false;
  if (override.action === 'resume') return WRITTEN.has(stageOutcome) || stageOutcome === 'not-enforced';
  if (!WRITTEN.has(stageOutcome)) return false;
  return override.action === 'kill' ? rule === 'override-kill' : isPinned(override, decision);
}

function isPinned({ stage, tiers = {} }: Pin, { after }: Decision): boolean {
  const areTiers = Object.entries(tiers).every(([tier, limit]) => isSameLimit(after?.tiers[tier], limit));
  const methods = Object.values(after?.stage ?? {});
  return (
    areTiers && (stage === undefined || (methods.length > 0 && methods.every((limit) => isSameLimit(limit, stage))))
  );
}
