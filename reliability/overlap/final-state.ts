import { pendingOf, wakeUpSlots } from '../../functions/control/send-wake-ups.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import type { Desired } from '../../shared/state/desired.ts';
import type { Scene } from '../faults/scene.ts';
import { type Snapshot, takeSnapshot } from './cloud-snapshot.ts';

/** The final state after all triggers, which must not depend on how their work overlapped. */
export interface FinalState {
  /** The state as one text, for comparison. */
  readonly text: string;
  /** Written limits by name: `stage` or a plan's id. */
  readonly decisions: readonly Decision[];
  readonly isLeaseFree: boolean;
  /** Number of wake-ups that are missing for pending plan writes. */
  readonly missingWakeUps: number;
}

/**
 * Counters and names of looks, how the last one ended, and up to when wake-ups were sent (more than needed do no harm)
 * say how often somebody looked, not what came of it.
 */
const VOLATILE = new Set(['fence', 'heard', 'decision', 'decisionId', 'lastKind', 'expiresAt', 'wokenUntilMs']);

/** What control keeps between two wake-ups at the account's interval of 20 s and its margins. */
const SPACING_MS = 23_000;

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
  return { text, decisions, isLeaseFree, missingWakeUps: missingWakeUps(scene, after) };
}

function missingWakeUps(scene: Scene, { items, limits }: Snapshot): number {
  const { apiId, stageName } = scene.service;
  const desired = JSON.parse(items.get(`DESIRED ${apiId}/${stageName}`)?.desired?.S ?? 'null') as Desired | null;
  if (!desired) return 0;
  const live = new Map(
    Object.entries(limits.plans).flatMap(([id, { throttle }]): [string, Limit][] => (throttle ? [[id, throttle]] : [])),
  );
  const nextWriteAtMs = Number(items.get('WRITER#account slot')?.nextWriteAtMs?.N ?? 0);
  const wokenUntilMs = Number(items.get('WAKE-UPS wake-ups')?.wokenUntilMs?.N ?? 0);
  const backlog = pendingOf(desired, live).length;
  return wakeUpSlots(backlog, { nextWriteAtMs, wokenUntilMs }, SPACING_MS, scene.cloud.clock.now()).length;
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
