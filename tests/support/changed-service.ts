import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRunFolder } from '../../rehearsal/deploy/run-folder.ts';
import { PROJECT } from '../../rehearsal/deploy/serverless.ts';

/** What a person edits, so it is copied; the rest of what a package is made from is linked. */
const EDITED = ['config', 'serverless.yml', 'package.json', 'tsconfig.json'];
const LINKED = ['functions', 'shared', 'node_modules', 'package-lock.json'];

/** A service of somebody's own, by the files that they edit: two tiers of other names, other methods, another objective. */
export const GOLD_AND_SILVER: Readonly<Record<string, string>> = {
  'config/tiers.yml': `
gold: { rateRps: 2000, burst: 5000 }
silver: { rateRps: 500, burst: 1000, quota: { limit: 100000, period: MONTH } }
`,
  'config/functions/backend.yml': `
handler: functions/backend/handler.handler
iamRoleStatements: []
events:
  - http: { method: get, path: /items, private: true }
  - http: { method: post, path: /items, private: true }
`,
  'config/policies/default.json': '{ "mode": "enforce", "objective": { "latencyPercentile": 95, "latencyMs": 800 } }',
};

/**
 * Lays out the service as somebody has changed it, and does `work` with its folder, which is gone afterwards.
 * @param texts the changed files, by their paths from the project's folder
 */
export async function withChangedService<Result>(
  texts: Readonly<Record<string, string>>,
  work: (source: string) => Promise<Result>,
): Promise<Result> {
  return await inRunFolder(async (folder) => {
    const source = join(folder, 'service');
    await mkdir(source);
    for (const name of EDITED) await cp(join(PROJECT, name), join(source, name), { recursive: true });
    for (const name of LINKED) await symlink(join(PROJECT, name), join(source, name));
    for (const [path, text] of Object.entries(texts)) await writeFile(join(source, path), text);
    return await work(source);
  });
}
