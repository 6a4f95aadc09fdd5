import type { KeyDemand } from '../../../shared/law/allocation/water-level.ts';
import type { KeyId, Rps, TierName } from '../../../shared/platform/units.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import type { Window } from '../../../shared/telemetry/window.ts';

interface Known {
  readonly tier: TierName;
  readonly rps: Rps;
  readonly costPerRequest: number;
}

/** Per window, that much of what a key asked before is still believed. */
const KEPT_SHARE = 0.85;
const LEAST_RPS = 0.01;

/** What each key asks for, retries included: as much as it does now, or as it did lately. */
export class KeyDemands {
  private known = new Map<KeyId, Known>();

  see(window: Window, policy: Policy): void {
    const next = new Map<KeyId, Known>();
    for (const [keyId, key] of this.known) {
      const rps = key.rps * KEPT_SHARE;
      if (rps > LEAST_RPS) next.set(keyId, { ...key, rps });
    }
    for (const [keyId, key] of [...listed(window, policy), ...unlisted(window, policy)]) {
      const before = next.get(keyId)?.rps ?? 0;
      next.set(keyId, { ...key, rps: Math.max(before, key.rps) });
    }
    this.known = next;
  }

  byTier(): Map<TierName, KeyDemand[]> {
    const keys = [...this.known.values()].map(({ tier, rps, costPerRequest }) => ({
      tier,
      rps,
      costPerRequest,
      count: 1,
    }));
    return Map.groupBy(keys, (key) => key.tier);
  }
}

function listed(window: Window, policy: Policy): [KeyId, Known][] {
  return Object.entries(window.keys).map(([keyId, { tier, requests }]) => {
    const count = Object.values(requests).reduce((sum, value) => sum + value, 0);
    const cost = Object.entries(requests).reduce(
      (sum, [method, value]) => sum + value * (policy.methodCost[method] ?? 1),
      0,
    );
    return [keyId, { tier, rps: (count * 1000) / window.lengthMs, costPerRequest: cost / Math.max(1, count) }];
  });
}

/** The rest of each tier, as keys that ask for as much as the least busy one that is named. */
function unlisted(window: Window, policy: Policy): [KeyId, Known][] {
  const named = listed(window, policy);
  const least = Math.max(LEAST_RPS, Math.min(...named.map(([, { rps }]) => rps), Number.MAX_SAFE_INTEGER));
  return Object.entries(window.cells).flatMap(([tier, methods]) => {
    const total = Object.values(methods).reduce((sum, cell) => sum + cell.requests, 0) / (window.lengthMs / 1000);
    const rest = total - named.filter(([, key]) => key.tier === tier).reduce((sum, [, { rps }]) => sum + rps, 0);
    const count = Math.ceil(rest / least - 1e-9);
    return Array.from({ length: Math.max(0, count) }, (_, index): [KeyId, Known] => {
      return [`${tier} ${index}`, { tier, rps: rest / count, costPerRequest: 1 }];
    });
  });
}
