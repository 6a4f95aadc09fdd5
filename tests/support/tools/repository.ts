import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../../..');
/** Git as it is anywhere: a committer of its own, no configuration of the machine. */
const ENVIRONMENT = {
  ...process.env,
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
};

export interface Repository {
  readonly folder: string;
  /** Runs git in the repository. @returns what git printed, trimmed. @throws Error when git fails. */
  git(...args: string[]): string;
  write(path: string, text: string): void;
  /** Commits everything, or nothing at all, under the given message. */
  commit(message: string): void;
  /** Runs a TypeScript file of the project with the repository as the working directory. */
  run(script: string, ...args: string[]): { readonly code: number | null; readonly printed: string };
  remove(): void;
}

/** An empty git repository on branch `main`, in a temporary folder. */
export function newRepository(): Repository {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-repository-'));
  const options = { cwd: folder, env: ENVIRONMENT, encoding: 'utf8' } as const;
  const git = (...args: string[]) => execFileSync('git', args, { ...options, stdio: 'pipe' }).trim();
  git('init', '--initial-branch=main');
  return {
    folder,
    git,
    write: (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    commit: (message) => {
      git('add', '--all');
      git('commit', '--allow-empty', `--message=${message}`);
    },
    run: (script, ...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, script), ...args], options);
      return { code: status, printed: stdout + stderr };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
