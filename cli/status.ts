import type { Limits } from '../shared/limits/limits.ts';
import { type ApiStage, parseApiStage } from '../shared/platform/api-stage.ts';
import { createParameters, type Parameter } from '../shared/platform/aws/parameters.ts';
import type { EpochMs } from '../shared/platform/units.ts';
import { type Decision, readDecisions } from '../shared/state/decisions.ts';
import type { GovernedName } from '../shared/state/governed-names.ts';
import type { Table } from '../shared/state/items/table.ts';
import { readDeployed, reportOf } from './known.ts';
import { described } from './put-override.ts';
import type { Surroundings, Target } from './target.ts';
import { limitWords } from './words.ts';

/** Control decides every minute; without a decision for this long, control is not running. */
const SILENT_MS = 5 * 60_000;

/** The rules of decisions about a parameter, a stored item or somebody else's change, which set no limits. */
const NOTICE = /-(ordered|rejected|rolled-back|set-aside)$|^drift-/;

const NO_API = 'none: this policy name governs no API';
const NOT_RUN = 'none: control has not run since this policy name was created; it runs every minute';

/** What is in force for one API, as far as the caller can read it. */
export interface Status {
  readonly policyName: string;
  readonly api: string | undefined;
  /** Control's report on the policy's name, and other names with refused documents. */
  readonly governed: GovernedName | undefined;
  readonly refusedElsewhere: readonly string[];
  /** The newest versions in Parameter Store. */
  readonly newestPolicy: number | undefined;
  readonly newestOverride: { readonly version: number; readonly words: string } | undefined;
  readonly switch: string;
  /** The newest decision about limits within the last minutes. */
  readonly last: Decision | undefined;
}

/** Prints what is in force and why. */
export async function showStatus(target: Target, asJson: boolean, surroundings: Surroundings): Promise<void> {
  const nowMs = await surroundings.serviceNow();
  const status = await readStatus(target, surroundings, nowMs);
  if (asJson) return surroundings.say(JSON.stringify(status));
  for (const line of linesOf(status, nowMs)) surroundings.say(line);
}

async function readStatus(target: Target, surroundings: Surroundings, nowMs: EpochMs): Promise<Status> {
  const { ssm, dynamoDb } = surroundings;
  const parameters = createParameters(ssm(target.region));
  const policy = await parameters.one(target.policy);
  const override = await parameters.one(target.override);
  const table: Table = { client: dynamoDb(target.region), name: target.stateTable };
  const names = await readDeployed(target, surroundings);
  const own = reportOf({ governed: names, policies: undefined }, target);
  const api = parseApiStage(own?.governs?.api ?? '');
  const others = names.filter(({ name, refusals }) => name !== target.policy && refusals.length > 0);
  return {
    policyName: target.policy,
    api: own?.governs?.api,
    governed: own,
    refusedElsewhere: others.map(({ name }) => name.split('/').at(-1) ?? name),
    newestPolicy: policy?.version,
    newestOverride: override && { version: override.version, words: described(override) },
    switch: switchWords(await parameters.one(`${target.prefix}/switch`)),
    last: api && (await lastDecision(table, api, nowMs)),
  };
}

function switchWords(parameter: Parameter | undefined): string {
  if (parameter?.unreadable !== undefined) return 'a SecureString that you cannot decrypt';
  return parameter?.value.trim() ?? 'run';
}

async function lastDecision(table: Table, api: ApiStage, now: EpochMs): Promise<Decision | undefined> {
  const decisions = await readDecisions(table, api, now - SILENT_MS);
  return decisions.findLast(({ rule }) => !NOTICE.test(rule));
}

function linesOf(status: Status, now: EpochMs): string[] {
  const lines = [row('API', apiWords(status)), row('Policy', policyWords(status))];
  lines.push(row('Override', overrideWords(status)), row('Switch', status.switch));
  const elsewhere = status.refusedElsewhere.map((name) => `${name} (see tidegate status --name ${name})`);
  if (elsewhere.length > 0) lines.push(row('Refused', `documents of other policies: ${elsewhere.join(', ')}`));
  return [...lines, ...decisionLines(status, now)];
}

function decisionLines({ api, governed, last }: Status, now: EpochMs): string[] {
  if (api === undefined) return [row('Decision', governed ? NO_API : NOT_RUN)];
  if (!last) return [row('Decision', 'none in the last five minutes: control makes no decisions')];
  const age = Math.max(0, Math.round((now - last.atMs) / 1000));
  return [
    ...limitLines(last.before),
    row('Decision', `${last.kind} (${last.rule}), ${age} s ago, mode ${last.mode}, stage ${last.stageOutcome}`),
    row('', last.reason),
    row('', `What would change it: ${last.wouldChange}`),
  ];
}

const row = (head: string, text: string): string => `${head.padEnd(10)}${text.replaceAll('\n', `\n${' '.repeat(10)}`)}`;

function apiWords({ api, governed }: Status): string {
  if (api !== undefined) return api;
  return governed ? NO_API : 'unknown: control has not reported this policy name';
}

function policyWords({ policyName, newestPolicy, governed }: Status): string {
  const refused = refusalOf(governed, 'POLICY');
  if (!governed) return newestPolicy === undefined ? `no parameter ${policyName}` : `newest version ${newestPolicy}`;
  const active = activeWords(governed.governs?.version);
  if (refused) return `${active}, newest ${refused.version} refused: ${refused.why}`;
  const isBehind = newestPolicy !== undefined && newestPolicy !== governed.governs?.version;
  return isBehind ? `${active}, newest ${newestPolicy} not yet read by control` : active;
}

function activeWords(version: number | undefined): string {
  if (version === undefined) return 'no version is in force';
  return version > 0 ? `active version ${version}` : 'no version was ever accepted; the defaults apply';
}

function overrideWords({ newestOverride, last, governed }: Status): string {
  const inForce = last?.override;
  const refusal = refusalOf(governed, 'OVERRIDE');
  const refused = refusal ? `newest ${refusal.version} refused: ${refusal.why}` : undefined;
  if (!inForce) {
    if (refused) return `none, ${refused}`;
    return newestOverride === undefined ? 'none' : `${newestOverride.words}, not yet read by control`;
  }
  const by = inForce.by ? ` by ${inForce.by}` : '';
  const since = new Date(inForce.sinceMs).toISOString();
  const rings = inForce.isOverdue ? '; the override exceeds its time bound, so its alarm rings' : '';
  const words = `${inForce.action}, version ${inForce.version}, put ${since}${by}${rings}`;
  if (refused) return `${words}; ${refused}`;
  const isBehind = newestOverride !== undefined && newestOverride.version !== inForce.version;
  return isBehind ? `${words}; newest ${newestOverride.words} not yet read by control` : words;
}

function refusalOf(governed: GovernedName | undefined, kind: 'POLICY' | 'OVERRIDE') {
  return governed?.refusals.find((refusal) => refusal.kind === kind);
}

function limitLines(limits: Limits | undefined): string[] {
  return limits ? [row('Stage', limitWords(limits.stage)), row('Plans', limitWords(limits.tiers))] : [];
}
