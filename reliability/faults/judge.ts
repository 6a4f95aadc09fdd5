import { bounded } from '../../shared/limits/bounds.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { isSameLimit } from '../../shared/limits/limit.ts';
import { limitOf } from '../../shared/limits/limits.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import type { LimitWrite } from './record.ts';
import type { Scene } from './scene.ts';

const ACCOUNT: Limit = { rateRps: 10_000, burst: 5000 };
/** A decision is recorded in the same tick as its write; a tick that died in between is made good by the next but one. */
const ACCOUNTED_WITHIN_MS = 150_000;
/** How old a decision may be whose plan is written only now: the backlog of four plans and its retries. */
const BACKLOG_MS = 600_000;
const PATH = /^\/(?:throttle|(?<method>.+)\/throttling)\/(?<field>rateLimit|burstLimit)$/;

type Judged = Pick<Scene, 'service' | 'policy' | 'record'>;

/** One limit as one call wrote it. */
export interface WrittenLimit {
  readonly write: LimitWrite;
  /** A tier, or the stage's method: `*` slash `*`. */
  readonly name: string;
  readonly isTier: boolean;
  readonly limit: Limit;
}

/** The limits of every write, and a complaint for every operation that writes something else. */
export function writtenLimits(
  service: Scene['service'],
  writes: readonly LimitWrite[],
): { limits: WrittenLimit[]; complaints: string[] } {
  const tierOf = new Map(Object.entries(service.tiers).map(([tier, { planId }]) => [planId, tier]));
  const limits: WrittenLimit[] = [];
  const complaints: string[] = [];
  for (const write of writes.filter(({ by }) => by !== 'developer')) {
    const fields = new Map<string, Partial<Record<string, number>>>();
    for (const { op, path = '', value } of write.patchOperations) {
      const match = PATH.exec(path)?.groups;
      const name = write.planId === undefined ? match?.method?.replaceAll('~1', '/') : tierOf.get(write.planId);
      if (op !== 'replace' || !match || name === undefined) complaints.push(`${write.by} patched ${op} ${path}`);
      else fields.set(name, { ...fields.get(name), [match.field ?? '']: Number(value) });
    }
    for (const [name, { rateLimit = Number.NaN, burstLimit = Number.NaN }] of fields) {
      limits.push({
        write,
        name,
        isTier: write.planId !== undefined,
        limit: { rateRps: rateLimit, burst: burstLimit },
      });
    }
  }
  return { limits, complaints };
}

/** Limits outside what they may ever be: at least the policy's least rate, at most what was deployed. */
export function outOfBounds({ service, policy }: Judged, limits: readonly WrittenLimit[]): string[] {
  const { leastRateRps } = policy.guardrails;
  return limits.flatMap(({ write, name, isTier, limit }) => {
    const most = isTier ? service.tiers[name] : service.stageLimit;
    const isRate = limit.rateRps >= leastRateRps && limit.rateRps <= (most?.rateRps ?? 0);
    const isBurst = Number.isInteger(limit.burst) && limit.burst >= 1 && limit.burst <= (most?.burst ?? 0);
    return isRate && isBurst ? [] : [`${write.by} wrote ${name} ${limit.rateRps}/${limit.burst}, out of bounds`];
  });
}

/** Limits that no decision, and no word of the fail-safe, accounts for. */
export function unaccounted(scene: Judged, limits: readonly WrittenLimit[], decisions: readonly Decision[]): string[] {
  return limits.flatMap((written) => {
    const { write, name, limit } = written;
    const isKnown = write.by === 'failSafe' ? isAnnounced(scene, written) : isDecided(written, decisions);
    return isKnown ? [] : [`${write.by} wrote ${name} ${limit.rateRps}/${limit.burst} and no decision says so`];
  });
}

function isAnnounced({ record, service }: Judged, { write, name, isTier, limit }: WrittenLimit): boolean {
  const baseline = isTier ? service.tiers[name] : service.stageLimit;
  const isBaseline = baseline !== undefined && isSame(baseline, limit);
  return isBaseline && record.announcements.some(({ by, atMs }) => by === 'failSafe' && isSoon(atMs - write.atMs));
}

const isSoon = (laterMs: number): boolean => laterMs >= -1000 && laterMs <= ACCOUNTED_WITHIN_MS;

function isDecided({ write, name, isTier, limit }: WrittenLimit, decisions: readonly Decision[]): boolean {
  return decisions.some(({ atMs, after }) => {
    const wanted = after && (isTier ? after.tiers[name] : limitOf(after.stage, name));
    if (!wanted || !isSame(wanted, limit)) return false;
    const laterMs = atMs - write.atMs;
    return isSoon(laterMs) || (isTier && laterMs < 0 && laterMs >= -BACKLOG_MS);
  });
}

function isSame(wanted: Limit, written: Limit): boolean {
  const allowed = bounded(wanted, ACCOUNT);
  return allowed.kind === 'limit' && isSameLimit(allowed.limit, written);
}
