import type { Decision } from '../../../shared/state/decisions.ts';
import type { Scene } from '../scene.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** What is left when all triggers have been answered: what must not depend on how their work overlapped. */
export interface FinalState {
  /** As one text, to be compared. */
  readonly text: string;
  /** Limits that moved, as written: `stage` or a plan's id. */
  readonly decisions: readonly Decision[];
  readonly isLeaseFree: boolean;
}

/** Counters and names of looks, and how the last one ended, say how often somebody looked, not what came of it. */
const VOLATILE = new Set(['fence', 'heard', 'decision', 'decisionId', 'lastKind', 'expiresAt']);

export async function finalState(scene: Scene, before: Snapshot): Promise<FinalState> {
  const after = await takeSnapshot(scene);
  const kept: Record<string, unknown> = {};
  const decisions: Decision[] = [];
  for (const [key, item] of after.items) {
    if (key.startsWith('DECISION#')) {
      if (!before.items.has(key)) decisions.push(JSON.parse(item.decision?.S ?? '{}') as Decision);
    } else if (!key.startsWith('WINDOW#')) kept[key] = item;
  }
  const lease = after.items.get(`API#${scene.service.apiId}/${scene.service.stageName} lease`);
  const isLeaseFree = lease?.until?.N === '0' && lease.pending === undefined;
  const text = JSON.stringify({ limits: after.limits, kept: withoutVolatile(kept) }, undefined, 1);
  return { text, decisions, isLeaseFree };
}

/** Also inside the JSON that attributes hold; names in order, so that equal things read alike. */
function withoutVolatile(value: unknown): unknown {
  if (typeof value === 'string' && /^[[{]/.test(value)) return parsed(value);
  if (Array.isArray(value)) return value.map(withoutVolatile);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !VOLATILE.has(name));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, withoutVolatile(each)]),
  );
}

function parsed(text: string): unknown {
  try {
    return withoutVolatile(JSON.parse(text));
  } catch {
    return text;
  }
}
