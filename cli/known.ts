import { createParameters, type Parameter } from '../shared/platform/aws/parameters.ts';
import { explainOverrideProblems, parseOverride } from '../shared/policy/parse-override.ts';
import { type GovernedName, readGoverned } from '../shared/state/governed-names.ts';
import { NotDone, type Surroundings, type Target } from './target.ts';

/** What can be read of a deployment before it is braked. */
export interface Known {
  /** What control says of every policy name; empty where it never ran, or where it cannot be read. */
  readonly governed: readonly GovernedName[];
  /** The policies in Parameter Store; undefined where they cannot be listed. */
  readonly policies: readonly Parameter[] | undefined;
}

/** Reads what it may: not being allowed to look is no reason not to brake. */
export async function readKnown(target: Target, surroundings: Surroundings): Promise<Known> {
  const { complain } = surroundings;
  const attempt = async <Found>(what: string, read: () => Promise<Found>): Promise<Found | undefined> => {
    try {
      return await read();
    } catch (error) {
      complain(`${what} could not be read (${(error as Error).name}); the command continues without this check.`);
      return undefined;
    }
  };
  const parameters = createParameters(surroundings.ssm(target.region));
  const table = { client: surroundings.dynamoDb(target.region), name: target.stateTable };
  return {
    policies: await attempt('The policies', () => parameters.below(`${target.prefix}/policies`)),
    governed: (await attempt('The list of governed APIs', () => readGoverned(table))) ?? [],
  };
}

/** What control says of the target's own policy name. */
export function ownName({ governed }: Known, { policy }: Target): GovernedName | undefined {
  return governed.find(({ name }) => name === policy);
}

/**
 * Checks an override as control will, so that nothing is stored that would do nothing.
 * @throws NotDone naming what exists
 */
export function checkAgainst(known: Known, document: string, target: Target, surroundings: Surroundings): void {
  const own = ownName(known, target);
  if (!own?.governs) checkName(known, own, target, surroundings);
  const parsed = parseOverride(document, { ...own?.governs, putMs: surroundings.now() });
  if (!parsed.ok) throw new NotDone(explainOverrideProblems(parsed.problems));
}

function checkName(known: Known, own: GovernedName | undefined, target: Target, { complain }: Surroundings): void {
  const { governed, policies } = known;
  const governing = governed.filter((each) => each.governs);
  if (own && governing.length > 0) {
    const why = own.refusals.map(({ kind, version, why: problem }) => `${WORDS[kind]} version ${version}: ${problem}`);
    const names = governing.map(({ name, governs }) => `${shortName(name)} (${governs?.api})`).join(', ');
    const text = [`--name: "${target.name}" governs no API, so an override of this name would have no effect.`, ...why];
    throw new NotDone([...text, `Policies that govern an API: ${names}.`].join('\n'));
  }
  const isThere =
    policies === undefined || policies.length === 0 || policies.some(({ name }) => name === target.policy);
  if (!isThere) {
    const names = policies.map(({ name }) => shortName(name)).join(', ');
    throw new NotDone(`--name: there is no policy "${target.name}". Policies of this stage: ${names}.`);
  }
  if (!own)
    complain(`Control has not yet reported that policy "${target.name}" governs an API; control may never have run.`);
}

const WORDS = { POLICY: 'Policy', OVERRIDE: 'Override' } as const;

const shortName = (name: string): string => name.split('/').at(-1) ?? name;
