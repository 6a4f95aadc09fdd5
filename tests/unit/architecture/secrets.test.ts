import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../../..');
const FOLDERS = [
  'bench',
  'cli',
  'config',
  'docs',
  'functions',
  'rehearsal',
  'reliability',
  'embedded-aws',
  'shared',
  'tests',
  'tools',
  '.github',
  '.ci',
];
const SECRET = /\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|aws_secret_access_key\s*=\s*\S{30}/;

/** Of a request, what no client chooses freely: ids that AWS makes, the matched route, numbers, enumerations. */
const NOT_THE_CLIENTS = [
  ...['requestId', 'extendedRequestId', 'requestTimeEpoch', 'apiId', 'stage', 'resourcePath', 'httpMethod', 'status'],
  ...[
    'error.responseType',
    'identity.apiKeyId',
    'identity.sourceIp',
    'authorizer.tier',
    'responseLatency',
    'waf.status',
  ],
  ...['integration.latency', 'integration.integrationStatus', 'integration.status'],
];

test('no secret is in the repository', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => SECRET.test(readFileSync(file, 'utf8')))).toEqual([]);
});

test('the access log holds nothing that a client writes: no header, no query, no body, no path as it was sent', () => {
  const { format } = parse(readFileSync(join(ROOT, 'config/access-log.yml'), 'utf8')) as { format: string };
  const variables = [...format.matchAll(/\$(context|stageVariables|input|util)\.([\w.]+)/g)].map(([, , name]) => name);
  expect(variables.length).toBeGreaterThan(10);
  expect(variables.filter((name) => !NOT_THE_CLIENTS.includes(name ?? ''))).toEqual([]);
});
