import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { limitSchema, problemsBy, tierProblems } from './check-tiers.js';

/**
 * The files of this folder that the deploy's values are computed from, checked.
 * @param folder URL of the folder, with a slash at its end
 * @throws Error naming file, line, expected, found and fix of every problem of all files at once
 */
export async function readConfiguration(folder = new URL('.', import.meta.url)) {
  const read = async (name, problemsOf) => await readYaml(folder, name, problemsOf);
  const files = {
    tiers: await read('tiers.yml', tierProblems),
    stage: await read('stage.yml', (stage) => problemsBy(limitSchema, stage, [])),
    failSafe: await read('fail-safe.yml', () => []),
    policy: await read('policies/default.json', () => []),
  };
  const problems = Object.values(files).flatMap((file) => file.problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return Object.fromEntries(Object.entries(files).map(([name, { value }]) => [name, value]));
}

/** Reads YAML, and JSON, which is YAML too. */
async function readYaml(folder, name, problemsOf) {
  const lines = new LineCounter();
  const text = await readFile(new URL(name, folder), 'utf8');
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const said = (at, problem) => `config/${name}:${lines.linePos(at).line}: ${problem}.`;
  const [error] = document.errors;
  if (error) {
    const reason = error.message.replace(/\.$/, '');
    return { problems: [said(error.pos[0], `${reason}. Fix: correct the indentation or the punctuation there`)] };
  }
  const value = document.toJS();
  return {
    value,
    problems: problemsOf(value).map(({ path, text: problem }) => said(placeOf(document, path), problem)),
  };
}

/** The offset of the innermost part of a path that the document has. */
function placeOf(document, path) {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const pair = parent?.items?.find(({ key }) => String(key?.value) === path[length - 1]);
    if (pair) return pair.key.range[0];
  }
  return 0;
}
