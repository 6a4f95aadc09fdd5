import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command as the documents name it, with every word that any of them types after it. */
export interface DocumentedCommand {
  /** `npm run rehearse`, `npx tidegate kill`, `node bench/bundles.ts`. */
  readonly name: string;
  /** As typed into a shell, quotes included, comments left out. */
  readonly words: string;
}

const CODE = /^```\w*\n([\s\S]*?)^```$|`([^`]+)`/gm;
const SHELL_COMMENT = /(^|\s)#.*$/gm;
/** A backslash at the end of a line: the command goes on in the next. */
const CONTINUED = /\\\n\s*/g;
const COMMAND =
  /(npm (?:run [\w:-]+|ci|start|test)|npx (?:sls|stryker|tidegate) [\w|]+|npx [\w-]+|node [\w./-]+\.[jt]s|\.ci\/run)\b([^&;\n]*)/g;

const documents = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Every command in the code blocks and code spans of README, CONTRIBUTING and docs, each name once. */
export function documentedCommands(): DocumentedCommand[] {
  const wordsByName = new Map<string, string[]>();
  for (const document of documents()) {
    for (const [, block, span = ''] of readFileSync(document, 'utf8').matchAll(CODE)) {
      const code = block?.replaceAll(CONTINUED, ' ').replaceAll(SHELL_COMMENT, '') ?? span.replaceAll('\n', ' ');
      for (const [, alternatives = '', words = ''] of code.matchAll(COMMAND)) {
        for (const name of named(alternatives)) {
          const typed = words.trim().replace(/^-- /, '');
          wordsByName.set(name, [...(wordsByName.get(name) ?? []), typed]);
        }
      }
    }
  }
  return [...wordsByName].map(([name, words]) => ({ name, words: [...new Set(words)].join(' ').trim() }));
}

/** `npx tidegate pause|kill` names two commands. */
function named(alternatives: string): string[] {
  const [first = '', ...others] = alternatives.split('|');
  return [first, ...others.map((other) => first.replace(/\S+$/, other))];
}
