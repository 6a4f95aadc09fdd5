import { execFileSync } from 'node:child_process';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { runCommand } from '../../../cli/command.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import type { GovernedName } from '../../../shared/state/governed-names.ts';

const NOW = Date.UTC(2031, 0, 1);
const OVERRIDE = '/tidegate/dev/overrides/default';
const POLICY = '/tidegate/dev/policies/default';
const API = 'abc123def4/dev';
const LIVE = { stage: { '*/*': { rateRps: 2000, burst: 60 } }, tiers: { basic: { rateRps: 100, burst: 20 } } };
const GOVERNED: GovernedName = {
  name: POLICY,
  governs: {
    api: API,
    version: 1,
    baseline: {
      stage: { rateRps: 2000, burst: 60 },
      tiers: { premium: { rateRps: 2000, burst: 60 }, basic: { rateRps: 100, burst: 40 } },
    },
    floor: { rateRps: 100, burst: 25 },
  },
  refusals: [],
};
const ssm = mockClient(SSMClient);
const dynamoDb = mockClient(DynamoDBClient);

let now: number;
let governed: GovernedName[];
/** What control decides: the last one whose instant has come is repeated for ever. */
let decided: { readonly atMs: number; readonly decision: Partial<Decision> }[];

const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });

beforeEach(() => {
  now = NOW;
  governed = [GOVERNED];
  decided = [{ atMs: NOW + 1_000, decision: {} }];
  ssm.reset();
  ssm.on(GetParametersByPathCommand).resolves({ Parameters: [{ Name: POLICY, Value: `{"api":"${API}"}` }] });
  ssm.on(GetParameterCommand).rejects(named('ParameterNotFound'));
  ssm.on(PutParameterCommand).resolves({ Version: 1 });
  dynamoDb.reset();
  dynamoDb.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values }) => {
    const pk = values[':pk'].S as string;
    if (pk === 'GOVERNED') return { Items: governed.map((each) => ({ governed: { S: JSON.stringify(each) } })) };
    if (pk !== `DECISION#${API}`) return { Items: [] };
    const seen = decided.filter(({ atMs }) => atMs <= now);
    return { Items: seen.map((each) => ({ decision: { S: JSON.stringify(decisionOf(each)) } })) };
  });
});
afterAll(() => {
  ssm.restore();
  dynamoDb.restore();
});

/** A decision that carries out whatever was put, unless it says otherwise. */
function decisionOf({ atMs, decision }: (typeof decided)[number]): Partial<Decision> {
  const { action = 'kill', stage, tiers } = documents().at(-1) ?? {};
  const pinned = stage ? { '*/*': stage } : LIVE.stage;
  const after = {
    stage: action === 'kill' ? { '*/*': { rateRps: 100, burst: 25 } } : pinned,
    tiers: { ...LIVE.tiers, ...tiers },
  };
  return {
    kind: 'brake',
    rule: action === 'resume' ? 'override-over' : `override-${action}`,
    reason: 'Because.',
    api: API,
    atMs,
    mode: action === 'pause' ? 'paused' : 'enforce',
    policy: { name: POLICY, version: 1 },
    override: { action, version: 1, sinceMs: NOW, isOverdue: false },
    before: LIVE,
    after,
    stageOutcome: action === 'pause' ? 'not-enforced' : 'written',
    ...decision,
  };
}

async function typed(line: string) {
  const out: string[] = [];
  const err: string[] = [];
  const regions: string[] = [];
  const code = await runCommand(line.split(' '), {
    ssm: (region) => {
      regions.push(region);
      return new SSMClient({ region });
    },
    dynamoDb: (region) => new DynamoDBClient({ region }),
    serviceNow: async () => now,
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    environment: { AWS_DEFAULT_REGION: 'eu-west-1' },
    say: (text) => void out.push(text),
    complain: (text) => void err.push(text),
  });
  return { code, out, err: err.join('\n'), regions: [...new Set(regions)] };
}

const put = () => ssm.commandCalls(PutParameterCommand).map(({ args }) => args[0].input);
const documents = () => put().map(({ Value }) => JSON.parse(Value ?? ''));

test.each<[string, object]>([
  ['pause', { action: 'pause' }],
  ['pause --reason migration --nag-after 90m', { action: 'pause', reason: 'migration', nagAfterSeconds: 5400 }],
  ['kill', { action: 'kill' }],
  ['kill --floor 50.5/10', { action: 'kill', floor: { rateRps: 50.5, burst: 10 } }],
  [
    'pin basic=20/40 --for 30m',
    { action: 'pin', until: '2031-01-01T00:30:00.000Z', tiers: { basic: { rateRps: 20, burst: 40 } } },
  ],
  [
    'pin stage=800/40 premium=1/1 --until 2031-01-02T00:00:00Z',
    {
      action: 'pin',
      until: '2031-01-02T00:00:00Z',
      stage: { rateRps: 800, burst: 40 },
      tiers: { premium: { rateRps: 1, burst: 1 } },
    },
  ],
])('%s is one edit of the override parameter', async (line, document) => {
  expect(await typed(line)).toMatchObject({ code: 0, err: '', regions: ['eu-west-1'] });
  expect(documents()).toEqual([document]);
  expect(put()[0]).toMatchObject({ Name: OVERRIDE, Type: 'String', Overwrite: true });
});

test('another stage, policy and Region', async () => {
  const { code, out, regions } = await typed('kill --stage prod --name default --region ap-south-1');
  expect({ code, regions }).toEqual({ code: 1, regions: ['ap-south-1'] });
  expect(out).toEqual([]);
  governed = [{ ...GOVERNED, name: '/tidegate/prod/policies/shop' }];
  decided = [{ atMs: NOW + 500, decision: { policy: { name: '/tidegate/prod/policies/shop', version: 1 } } }];
  expect((await typed('kill --stage prod --name shop')).code).toBe(0);
  expect(put()[0]?.Name).toBe('/tidegate/prod/overrides/shop');
});

test.each<[string, string]>([
  ['kill --floor 50', 'Limit: expected rate/burst, for example 50/100; found "50".'],
  ['kill --floor 0/10', 'floor.rateRps: expected at least 0.1; found 0'],
  ['kill --floor 1/10.5', 'for example 50/100; found "1/10.5"'],
  ['pin --for 30m', "missing required argument 'limit'"],
  ['pin basic=20/40', 'give either --for, for example 30m, or --until'],
  ['pin basic=20/40 --for 30m --until 2031-01-02T00:00:00Z', 'give either --for, for example 30m, or --until'],
  [
    'pin basic=20/40 --for soon',
    'Duration: expected a number followed by s, m, h or d, for example 30m; found "soon".',
  ],
  [
    'pin basic=20/40 --until 2030-01-01T00:00:00Z',
    'expected a time after 2031-01-01T00:00:00.000Z; found 2030-01-01T00:00:00Z.',
  ],
  ['pin basic=20/40 --until tomorrow', 'until: expected an instant with its zone'],
  ['pin basic --for 30m', 'expected a tier or "stage" with its limit, for example basic=50/100; found "basic".'],
  ['pin basic=1/1 basic=2/2 --for 30m', '"basic" is given twice'],
  ['pause --nag-after 1s', 'nagAfterSeconds: expected at least 60; found 1'],
  ['pause --stage a/b', '--stage: expected letters, digits'],
  ['resume --nag-after 2h', "unknown option '--nag-after'"],
  ['kil', "unknown command 'kil'"],
  ['pin basic=20/40 --for 8d', 'until: expected a time at most 7 days after the edit'],
])('%s is refused, and nothing is written', async (line, words) => {
  const { code, err } = await typed(line);
  expect(err).toContain(words);
  expect(code).toBe(2);
  expect(put()).toEqual([]);
});

test.each<[string, string, string]>([
  [
    'a name that no policy has',
    'kill --name other',
    '--name: there is no policy "other". Policies of this stage: default.',
  ],
  [
    'a tier that is not there',
    'pin gold=5/5 --for 5m',
    'tiers.gold: expected one of premium, basic; found {"rateRps":5,"burst":5}.',
  ],
  [
    'a pin above the baseline',
    'pin stage=1000000/60 --for 5m',
    'stage: expected at most the deployed baseline, 2000/60; found 1000000/60. Fix: pin at most the baseline, or allow more with --above-baseline',
  ],
])('%s ends with 1, says what exists, and nothing is stored', async (_, line, words) => {
  const { code, out, err } = await typed(line);
  expect(err).toContain(words);
  expect({ code, out }).toEqual({ code: 1, out: [] });
  expect(put()).toEqual([]);
});

test('a policy that was refused governs nothing: a brake of its name ends with 1 and says why', async () => {
  governed.push({
    name: '/tidegate/dev/policies/legacy',
    refusals: [{ kind: 'POLICY', version: 1, why: 'api: not ours.' }],
  });
  const { code, err } = await typed('kill --name legacy');
  expect(code).toBe(1);
  expect(err).toBe(
    [
      '--name: "legacy" governs no API, so an override of this name would have no effect.',
      'Policy version 1: api: not ours.',
      'Policies that govern an API: default (abc123def4/dev).',
    ].join('\n'),
  );
  expect(put()).toEqual([]);
});

test('a pin above the baseline is put with the word for it', async () => {
  expect((await typed('pin stage=9000/60 --for 5m --above-baseline')).code).toBe(0);
  expect(documents()[0]).toMatchObject({ stage: { rateRps: 9000, burst: 60 }, aboveBaseline: true });
});

describe('the command waits for the decision that carried it out', () => {
  test('and shows what moved, from where to where', async () => {
    expect((await typed('kill')).out).toEqual([
      `kill: ${OVERRIDE} version 1.`,
      'Carried out at 2031-01-01T00:00:01.000Z: brake (override-kill), stage written.',
      'Stage */* 2000/60 -> 100/25',
    ]);
    expect(now).toBe(NOW + 1_000);
    expect((await typed('pin basic=20/40 --for 30m')).out.slice(-2)).toEqual([
      'Plan basic 100/20 -> 20/40',
      'Usage plans follow one at a time: AWS allows one write per 20 s.',
    ]);
    expect((await typed('pause')).out.at(-1)).toBe('Because.');
  });

  test('which is no earlier one about a deleted parameter, whose versions begin again at 1', async () => {
    decided = [
      { atMs: NOW - 10_000, decision: {} },
      { atMs: NOW + 3_000, decision: {} },
    ];
    expect((await typed('kill')).out[1]).toContain('2031-01-01T00:00:03.000Z');
  });

  test('nor of another version, nor one that did not come into force', async () => {
    const other = { action: 'pause', version: 0, sinceMs: NOW, isOverdue: false };
    decided = [
      { atMs: NOW + 1, decision: { override: other } },
      { atMs: NOW + 1, decision: { rule: 'management-crowded', stageOutcome: 'deferred' } },
      { atMs: NOW + 1, decision: { stageOutcome: 'mismatch' } },
      { atMs: NOW + 2, decision: { policy: { name: '/tidegate/dev/policies/other', version: 1 } } },
      { atMs: NOW + 3_000, decision: {} },
    ];
    expect((await typed('kill')).out[1]).toContain('2031-01-01T00:00:03.000Z');
  });

  test('nor, for a pin, one of an alarm, which may not raise to it', async () => {
    decided = [
      { atMs: NOW + 1, decision: { after: LIVE, stageOutcome: 'unchanged' } },
      { atMs: NOW + 2_000, decision: {} },
    ];
    expect((await typed('pin stage=500/50 --for 1h')).out[1]).toContain('2031-01-01T00:00:02.000Z');
  });

  test('and says when nothing is enforced', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Name: OVERRIDE, Value: '{"action":"pause"}', Version: 1 } });
    ssm.on(PutParameterCommand).resolves({ Version: 2 });
    const override = { action: 'resume', version: 2, sinceMs: NOW, isOverdue: false };
    decided = [{ atMs: NOW + 1, decision: { override, mode: 'shadow', stageOutcome: 'not-enforced', kind: 'hold' } }];
    expect((await typed('resume')).out).toEqual([
      `resume: ${OVERRIDE} version 2.`,
      'The new version replaces pause (version 1).',
      "Recorded at 2031-01-01T00:00:00.001Z: hold (override-over). The policy's mode is shadow: nothing is enforced.",
    ]);
  });

  test('after ten seconds without it says so, and how to brake by hand, and goes on waiting', async () => {
    decided = [
      {
        atMs: NOW - 60_000,
        decision: {
          override: undefined,
          before: { ...LIVE, stage: { ...LIVE.stage, '/orders/POST': { rateRps: 50, burst: 5 } } },
        },
      },
      { atMs: NOW + 40_000, decision: {} },
    ] as typeof decided;
    const { code, err, out } = await typed('kill');
    expect(code).toBe(0);
    expect(err.split('\n')).toEqual([
      `The kill is stored (${OVERRIDE} version 1) but not carried out after 10 s. Control has made no decision about the override yet.`,
      'The command waits for one minute in all. To lower the stage by hand meanwhile:',
      '  aws apigateway update-stage --rest-api-id abc123def4 --stage-name dev --region eu-west-1 --patch-operations ' +
        "'op=replace,path=/*/*/throttling/rateLimit,value=100' 'op=replace,path=/*/*/throttling/burstLimit,value=25' " +
        "'op=replace,path=/~1orders/POST/throttling/rateLimit,value=50' 'op=replace,path=/~1orders/POST/throttling/burstLimit,value=5'",
    ]);
    expect(out.at(-1)).toBe('Stage */* 2000/60 -> 100/25');
    expect(now).toBe(NOW + 40_000);
  });

  test('the command to brake by hand is one that shell and AWS CLI read as it is meant, whatever the path', async () => {
    const stage = { "/it's,{id}/GET": { rateRps: 50, burst: 5 } };
    decided = [
      { atMs: NOW - 60_000, decision: { override: undefined, before: { stage, tiers: {} } } },
      { atMs: NOW + 40_000, decision: {} },
    ] as typeof decided;
    const { err } = await typed('kill');
    const command = err.split('\n').at(-1) ?? '';
    // `"…"` is how the AWS CLI's shorthand syntax quotes commas and braces.
    const shell = execFileSync('sh', ['-c', command.replace('aws apigateway', "printf '%s\\n'")], { encoding: 'utf8' });
    expect(shell.trimEnd().split('\n').slice(-2)).toEqual([
      `op=replace,path="/~1it's,{id}/GET/throttling/rateLimit",value=50`,
      `op=replace,path="/~1it's,{id}/GET/throttling/burstLimit",value=5`,
    ]);
  });

  test('for a minute, then ends with 1; the override stays stored', async () => {
    decided = [{ atMs: NOW + 1, decision: { rule: 'management-crowded', stageOutcome: 'deferred', kind: 'hold' } }];
    const { code, err } = await typed('kill --floor 7/3');
    expect({ code, waitedMs: now - NOW }).toEqual({ code: 1, waitedMs: 60_000 });
    expect(err).toContain(
      'Control has read the override and decided hold (management-crowded), stage deferred: Because.',
    );
    expect(err).toContain('rateLimit,value=7');
    expect(err).toContain('The kill was not carried out within 60 s.');
    expect(err).toContain('Version 1 stays stored, and control carries the override out as soon as possible.');
    expect(put()).toHaveLength(1);
  });

  test('unless control refuses it, or somebody replaces it: then it ends at once', async () => {
    const reason = `${OVERRIDE} version 1: The override was refused: 1 problem.`;
    decided = [
      { atMs: NOW + 1, decision: { rule: 'override-rejected', reason, override: undefined } },
    ] as unknown as typeof decided;
    expect(await typed('kill')).toMatchObject({
      code: 1,
      err: `The kill is not in force. Control refused the override. ${reason}`,
    });
    now = NOW;
    decided = [
      { atMs: NOW + 1, decision: { override: { action: 'resume', version: 2, sinceMs: NOW, isOverdue: false } } },
    ];
    expect(await typed('kill')).toMatchObject({
      code: 1,
      err: 'The kill is not in force. Version 2 (resume) replaced the override before control carried it out.',
    });
    expect(now).toBe(NOW + 500);
  });
});

test('where control never ran the command says so, stores the brake, and waits for its first decision', async () => {
  governed = [];
  let said = false;
  dynamoDb.on(QueryCommand, { ExpressionAttributeValues: { ':pk': { S: 'GOVERNED' } } }).callsFake(() => {
    if (now > NOW + 20_000) said = true;
    return { Items: said ? [{ governed: { S: JSON.stringify(GOVERNED) } }] : [] };
  });
  const { code, err, out } = await typed('kill');
  expect(err).toContain(
    'Control has not yet reported that policy "default" governs an API; control may never have run.',
  );
  expect(err).toContain('  use aws apigateway update-stage as in docs/operations.md');
  expect(code).toBe(0);
  expect(out.at(-1)).toBe('Stage */* 2000/60 -> 100/25');
});

test('whoever may put but not read can kill all the same, and is told that nobody can see whether it works', async () => {
  ssm.on(GetParametersByPathCommand).rejects(named('AccessDeniedException'));
  ssm.on(GetParameterCommand).rejects(named('AccessDeniedException'));
  dynamoDb.on(QueryCommand).rejects(named('AccessDeniedException', 'not yours'));
  const { code, err } = await typed('kill');
  expect(documents()).toEqual([{ action: 'kill' }]);
  expect(code).toBe(1);
  expect(err).toContain(
    'The policies could not be read (AccessDeniedException); the command continues without this check.',
  );
  expect(err).toContain(
    'The list of governed APIs could not be read (AccessDeniedException); the command continues without this check.',
  );
  expect(err).toContain('The decisions cannot be read: AccessDeniedException: not yours');
});

test('a parameter whose type may not change is put as the type that it has', async () => {
  ssm.on(PutParameterCommand, { Type: 'String' }).rejects(named('HierarchyTypeMismatchException'));
  expect((await typed('kill')).code).toBe(0);
  expect(put().map(({ Type }) => Type)).toEqual(['String', undefined]);
});

test.each([
  [
    'AccessDeniedException',
    'not authorized to perform ssm:PutParameter',
    'Fix: grant ssm:GetParameter and ssm:PutParameter',
  ],
  ['CredentialsProviderError', 'Could not load credentials from any providers', 'aws sts get-caller-identity'],
  ['ThrottlingException', 'Rate exceeded', 'try again in a second'],
])('%s is passed on with a word of what to do', async (name, message, hint) => {
  ssm.on(PutParameterCommand).rejects(Object.assign(new Error(message), { name }));
  const { code, err, out } = await typed('kill');
  expect({ code, out }).toEqual({ code: 1, out: [] });
  expect(err).toContain(`The request to AWS failed. ${name}: ${message}`);
  expect(err).toContain(hint);
});

test('help is help, and no error', async () => {
  const { code, out, err } = await typed('pin --help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.join('\n')).toContain('--until <instant>');
});
