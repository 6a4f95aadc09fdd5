import { createParameters, type Parameter } from '../shared/platform/aws/parameters.ts';
import type { EpochMs } from '../shared/platform/units.ts';
import { explainOverrideProblems, parseOverride } from '../shared/policy/parse-override.ts';
import { type GovernedName, readGoverned } from '../shared/state/governed-names.ts';
import { NotDoneError, type Surroundings, type Target } from './target.ts';

/** The facts about a deployment that the command reads before it stores an override. */
export interface Known {
  /** Control's report on every policy name; empty if control never ran or the report cannot be read. */
  readonly governed: readonly GovernedName[];
  /** The policies in Parameter Store; undefined if they cannot be listed. */
  readonly policies: readonly Parameter[] | undefined;
}

/**
 * Control's report on every policy name.
 * @throws NotDoneError if there is no such deployment
 */
export async function readDeployed(target: Target, { dynamoDb, environment }: Surroundings): Promise<GovernedName[]> {
  const { region, stage, stateTable } = target;
  try {
    return await readGoverned({ client: dynamoDb(region), name: stateTable });
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    const where = [environment.AWS_ENDPOINT_URL ?? 'AWS', region].join(', ');
    throw new NotDoneError(
      `Stage "${stage}" is not deployed at ${where}: the table ${stateTable} is missing. Fix: --stage or --region.`,
    );
  }
}

/** Reads the facts that the caller may read: a missing read permission does not prevent an override. */
export async function readKnown(target: Target, surroundings: Surroundings): Promise<Known> {
  const { complain } = surroundings;
  const attempt = async <Found>(what: string, read: () => Promise<Found>): Promise<Found | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (error instanceof NotDoneError) throw error;
      complain(`${what} could not be read (${(error as Error).name}); the command continues without this check.`);
      return undefined;
    }
  };
  const parameters = createParameters(surroundings.ssm(target.region));
  return {
    policies: await attempt('The policies', () => parameters.below(`${target.prefix}/policies`)),
    governed: (await attempt('The list of governed APIs', () => readDeployed(target, surroundings))) ?? [],
  };
}

/** Control's report on the target's policy name. */
export function reportOf({ governed }: Known, { policy }: Target): GovernedName | undefined {
  return governed.find(({ name }) => name === policy);
}

interface Proposal {
  readonly known: Known;
  readonly document: string;
  /** When the document will be stored. */
  readonly nowMs: EpochMs;
}

/**
 * Validates an override as control does, so that no override without effect is stored.
 * @throws NotDoneError naming the existing policies
 */
export function checkAgainst({ known, document, nowMs }: Proposal, target: Target, surroundings: Surroundings): void {
  const own = reportOf(known, target);
  if (!own?.governs) checkName(known, own, target, surroundings);
  const parsed = parseOverride(document, { ...own?.governs, putMs: nowMs });
  if (!parsed.ok) throw new NotDoneError(explainOverrideProblems(parsed.problems));
}

function checkName(known: Known, own: GovernedName | undefined, target: Target, { complain }: Surroundings): void {
  const { governed, policies } = known;
  const governing = governed.filter((each) => each.governs);
  if (own && governing.length > 0) {
    const why = own.refusals.map(({ kind, version, why: problem }) => `${WORDS[kind]} version ${version}: ${problem}`);
    const names = governing.map(({ name, governs }) => `${shortName(name)} (${governs?.api})`).join(', ');
    const text = [`--name: "${target.name}" governs no API, so an override of this name would have no effect.`, ...why];
    throw new NotDoneError([...text, `Policies that govern an API: ${names}.`].join('\n'));
  }
  const isThere =
    policies === undefined || policies.length === 0 || policies.some(({ name }) => name === target.policy);
  if (!isThere) {
    const names = policies.map(({ name }) => shortName(name)).join(', ');
    throw new NotDoneError(`--name: there is no policy "${target.name}". Policies of this stage: ${names}.`);
  }
  if (!own)
    complain(`Control has not yet reported that policy "${target.name}" governs an API; control may never have run.`);
}

const WORDS = { POLICY: 'Policy', OVERRIDE: 'Override' } as const;

const shortName = (name: string): string => name.split('/').at(-1) ?? name;
