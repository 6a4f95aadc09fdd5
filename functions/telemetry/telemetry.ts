import { type ApiStage, apiStageName } from '../../shared/platform/api-stage.ts';
import type { Announce } from '../../shared/platform/aws/events.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { describeError } from '../../shared/platform/errors.ts';
import type { Logger } from '../../shared/platform/logger.ts';
import type { PublishMetrics } from '../../shared/platform/metrics.ts';
import { explainRefusal } from '../../shared/platform/refusal.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { Table } from '../../shared/state/items/table.ts';
import { readDirectory } from '../../shared/state/key-directory.ts';
import { claimLookNow, LOOK_NOW_INTERVAL_MS } from '../../shared/state/look-now.ts';
import { addWindowPart } from '../../shared/state/window-store.ts';
import { type ApiAddition, aggregate, type Directory, readBatch } from '../../shared/telemetry/aggregate.ts';
import { lookReason, publishAddition } from '../../shared/telemetry/emf.ts';
import type { Window } from '../../shared/telemetry/window.ts';
import { readSubscription } from './subscription.ts';

export interface TelemetryDependencies {
  readonly clock: Clock;
  readonly table: Table;
  readonly publish: PublishMetrics;
  readonly announce: Announce;
  readonly logger: Logger;
}

/** How long a container trusts the directory it read. */
const DIRECTORY_AGE_MS = 60_000;
/** A batch that speaks of more APIs than this was not written by our access log. */
const MOST_APIS = 10;

/** What a line is that cannot be read, or that is not of the present. */
const POISONED = {
  expected: 'a recent access-log line in the format of the template',
  found: 'a line that is unreadable or not recent',
  fix: 'let only API Gateway write to the log group, in the format that the template sets',
};

/** What this container has read of the key directory, by API. */
type Directories = Map<string, { readonly directory: Directory; readonly readMs: EpochMs }>;

/** When this container last had the right to nudge control, by API. */
type LookNows = Map<string, EpochMs>;

/** The telemetry function: one delivery of log lines into windows, metrics and, where there is reason, a nudge. */
export function createTelemetry(dependencies: TelemetryDependencies): (event: unknown) => Promise<void> {
  const { clock, logger } = dependencies;
  const directories: Directories = new Map();
  const lookNows: LookNows = new Map();

  return async (event) => {
    const delivery = readSubscription(event);
    if (delivery.kind === 'refused')
      return logger.warn('The event is not a delivery of log lines.', { why: explainRefusal(delivery.why) });
    const { batch } = delivery;
    const now = clock.now();
    const { records, apis } = readBatch(batch.events);
    const known = await directoriesOf(dependencies, apis, directories, now);
    const addition = aggregate(batch.events, records, known, now, batch.stream);
    if (addition.poisonedLines > 0) {
      const why = explainRefusal({ ...POISONED, path: `logEvents.${Math.max(0, records.indexOf(undefined))}.message` });
      logger.warn('Some log lines could not be read.', { lines: addition.poisonedLines, why });
    }
    await storeAll(dependencies, addition.apis, batch.id, now, lookNows);
  };
}

/** The directories of the APIs that a batch speaks of, read anew where what the container knows is too old. */
async function directoriesOf(
  { table }: TelemetryDependencies,
  apis: readonly ApiStage[],
  directories: Directories,
  now: EpochMs,
): Promise<Map<string, Directory>> {
  const known = new Map<string, Directory>();
  for (const api of apis.slice(0, MOST_APIS)) {
    const name = apiStageName(api);
    const cached = directories.get(name);
    const isFresh = cached !== undefined && now - cached.readMs < DIRECTORY_AGE_MS;
    const directory = isFresh ? cached.directory : await readDirectory(table, api);
    if (!isFresh) directories.set(name, { directory, readMs: now });
    known.set(name, directory);
  }
  return known;
}

/** One API's failure does not keep another's windows from being stored; delivered again, what is stored is there already. */
async function storeAll(
  dependencies: TelemetryDependencies,
  additions: readonly ApiAddition[],
  batchId: string,
  now: EpochMs,
  lookNows: LookNows,
): Promise<void> {
  const failures: string[] = [];
  for (const each of additions) {
    try {
      await store(dependencies, each, batchId, now, lookNows);
    } catch (error) {
      failures.push(`${apiStageName(each.api)}: ${describeError(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`Some windows were not stored. ${failures.join('; ')}`);
}

/** A part that was stored before was published before, too: only what is new is published. */
async function store(
  { table, publish, announce, logger }: TelemetryDependencies,
  { api, windows }: ApiAddition,
  batchId: string,
  now: EpochMs,
  lookNows: LookNows,
): Promise<void> {
  const added: Window[] = [];
  for (const window of windows) if (await addWindowPart(table, api, batchId, window, now)) added.push(window);
  if (added.length === 0) return;
  publishAddition(api, added, publish);
  const reason = lookReason(api, added);
  if (reason === undefined || !(await mayNudge(table, api, now, lookNows))) return;
  try {
    await announce({ source: 'tidegate.telemetry', detailType: 'Tidegate Look Now', detail: { ...api, reason } });
  } catch (error) {
    // The windows are stored; the next scheduled tick sees them a little later.
    logger.warn('The request to look now could not be sent to control.', { reason: describeError(error) });
  }
}

/** Nobody has the right to nudge again soon after this container had it: then there is no need to ask. */
async function mayNudge(table: Table, api: ApiStage, now: EpochMs, lookNows: LookNows): Promise<boolean> {
  const name = apiStageName(api);
  const claimedMs = lookNows.get(name);
  if (claimedMs !== undefined && now - claimedMs < LOOK_NOW_INTERVAL_MS) return false;
  const isClaimed = await claimLookNow(table, api, now);
  if (isClaimed) lookNows.set(name, now);
  return isClaimed;
}
