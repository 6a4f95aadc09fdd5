import { type ApiStage, parseApiStage } from '../shared/platform/api-stage.ts';
import { createParameters, type Parameter } from '../shared/platform/parameters.ts';
import type { EpochMs, Limit, Limits } from '../shared/platform/units.ts';
import { valueAt } from '../shared/policy/problems.ts';
import { type Decision, readDecisions } from '../shared/state/decisions.ts';
import { readKnownGood } from '../shared/state/policies.ts';
import type { Table } from '../shared/state/table.ts';
import { described } from './put-override.ts';
import type { Surroundings, Target } from './target.ts';

/** Control decides every minute: who has not for so long is not deciding at all. */
const SILENT_MS = 5 * 60_000;

/** Decisions that tell of a parameter, or of somebody else's change, rather than of what control wants. */
const NOTICE = /-(ordered|rejected|rolled-back)$|^drift-/;

/** What is in force for one API, as far as it can be read. */
export interface Status {
  readonly policyName: string;
  readonly api: string | undefined;
  /** The newest versions in Parameter Store. */
  readonly newestPolicy: number | undefined;
  readonly newestOverride: string | undefined;
  readonly switch: string;
  /** The last decision about limits of the last minutes. */
  readonly last: Decision | undefined;
}

/** Prints what is in force and why. */
export async function showStatus(target: Target, asJson: boolean, surroundings: Surroundings): Promise<void> {
  const status = await readStatus(target, surroundings);
  if (asJson) return surroundings.say(JSON.stringify(status));
  for (const line of linesOf(status, surroundings.now())) surroundings.say(line);
}

async function readStatus(target: Target, { ssm, dynamoDb, now }: Surroundings): Promise<Status> {
  const parameters = createParameters(ssm(target.region));
  const policy = await parameters.one(target.policy);
  const override = await parameters.one(target.override);
  const table: Table = { client: dynamoDb(target.region), name: target.stateTable };
  const api = await apiOf(policy, table);
  return {
    policyName: target.policy,
    api: api && `${api.apiId}/${api.stage}`,
    newestPolicy: policy?.version,
    newestOverride: override && described(override),
    switch: (await parameters.one(`${target.prefix}/switch`))?.value ?? 'run',
    last: api && (await lastDecision(table, api, now())),
  };
}

/** The API that the newest policy names, or, where that cannot be read, the last good one. */
async function apiOf(policy: Parameter | undefined, table: Table): Promise<ApiStage | undefined> {
  const documents = policy ? [policy.value, (await readKnownGood(table, 'POLICY')).get(policy.name)?.document] : [];
  for (const document of documents) {
    const api = parseApiStage(String(valueAt(jsonIn(document), ['api'])));
    if (api) return api;
  }
  return undefined;
}

function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

async function lastDecision(table: Table, api: ApiStage, now: EpochMs): Promise<Decision | undefined> {
  const decisions = await readDecisions(table, api, now - SILENT_MS, now);
  return decisions.findLast(({ rule }) => !NOTICE.test(rule));
}

function linesOf(status: Status, now: EpochMs): string[] {
  const { last } = status;
  const lines = [row('API', status.api ?? 'unknown: no policy names one'), row('Policy', policyWords(status))];
  lines.push(row('Override', overrideWords(status)), row('Switch', status.switch));
  if (!last) return [...lines, row('Decision', 'none in the last five minutes: control is not deciding')];
  const age = Math.max(0, Math.round((now - last.atMs) / 1000));
  return [
    ...lines,
    ...limitLines(last.before),
    row('Decision', `${last.kind} (${last.rule}), ${age} s ago, mode ${last.mode}, stage ${last.stageOutcome}`),
    row('', last.reason),
    row('', `What would change it: ${last.wouldChange}`),
  ];
}

const row = (head: string, text: string): string => `${head.padEnd(10)}${text.replaceAll('\n', `\n${' '.repeat(10)}`)}`;

function policyWords({ policyName, newestPolicy, last }: Status): string {
  if (!last) return newestPolicy === undefined ? `no parameter ${policyName}` : `newest version ${newestPolicy}`;
  const { version, refused } = last.policy;
  const active = version > 0 ? `active version ${version}` : 'no version was ever accepted: the defaults hold';
  if (refused) return `${active}, newest ${refused.version} refused: ${refused.why}`;
  const isBehind = newestPolicy !== undefined && newestPolicy !== version;
  return isBehind ? `${active}, newest ${newestPolicy} not yet seen` : active;
}

function overrideWords({ newestOverride, last }: Status): string {
  const inForce = last?.override;
  if (!inForce) return newestOverride === undefined ? 'none' : `${newestOverride}, not yet seen`;
  const by = inForce.by ? ` by ${inForce.by}` : '';
  const since = new Date(inForce.sinceMs).toISOString();
  const rings = inForce.isOverdue ? '; it lasts longer than its bound, and rings' : '';
  const refused = inForce.refused ? `; newest ${inForce.refused.version} refused: ${inForce.refused.why}` : '';
  return `${inForce.action}, version ${inForce.version}, put ${since}${by}${rings}${refused}`;
}

function limitLines(limits: Limits | undefined): string[] {
  if (!limits) return [];
  const words = (named: Readonly<Record<string, Limit>>) =>
    Object.entries(named)
      .map(([name, { rateRps, burst }]) => `${name} ${Number(rateRps.toFixed(2))}/${burst}`)
      .join(', ');
  return [row('Stage', words(limits.stage)), row('Plans', words(limits.tiers))];
}
