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

/** How long a container caches the directory. */
const DIRECTORY_AGE_MS = 60_000;
/** A batch with more APIs was not written by our access log. */
const MOST_APIS = 10;

/** The refusal of a line that is unreadable or not recent. */
const POISONED = {
  expected: 'a recent access-log line in the format of the template',
  found: 'a line that is unreadable or not recent',
  fix: 'let only API Gateway write to the log group, in the format that the template sets',
};

/** The key directories that this container has read, by API. */
type Directories = Map<string, { readonly directory: Directory; readonly readMs: EpochMs }>;

/** When this container last asked control to look, by API. */
type LookNows = Map<string, EpochMs>;

/** The telemetry function: turns one delivery of log lines into windows, metrics and, if needed, a look-now. */
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

/** The directories of a batch's APIs, read again if the cached ones are too old. */
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

/** Stores all windows; a failure of one API does not affect the others, and a redelivery stores nothing twice. */
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

/** Stores an API's windows and publishes the new parts; a part that was already stored was already published. */
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
  if (reason === undefined || !(await mayAskToLook(table, api, now, lookNows))) return;
  try {
    await announce({ source: 'tidegate.telemetry', detailType: 'Tidegate Look Now', detail: { ...api, reason } });
  } catch (error) {
    // The windows are stored, so the next scheduled tick reads them a little later.
    logger.warn('The request to look now could not be sent to control.', { reason: describeError(error) });
  }
}

/** Whether to ask control to look; the table is not consulted soon after this container's last request. */
async function mayAskToLook(table: Table, api: ApiStage, now: EpochMs, lookNows: LookNows): Promise<boolean> {
  const name = apiStageName(api);
  const claimedMs = lookNows.get(name);
  if (claimedMs !== undefined && now - claimedMs < LOOK_NOW_INTERVAL_MS) return false;
  const isClaimed = await claimLookNow(table, api, now);
  if (isClaimed) lookNows.set(name, now);
  return isClaimed;
}
