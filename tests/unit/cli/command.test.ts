import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { runCommand } from '../../../cli/command.ts';

const NOW = Date.UTC(2031, 0, 1);
const OVERRIDE = '/tidegate/dev/overrides/default';
const ssm = mockClient(SSMClient);

beforeEach(() => {
  ssm.reset();
  ssm
    .on(GetParametersByPathCommand)
    .resolves({ Parameters: [{ Name: '/tidegate/dev/policies/default', Value: '{}' }] });
  ssm.on(GetParameterCommand).rejects(Object.assign(new Error(''), { name: 'ParameterNotFound' }));
  ssm.on(PutParameterCommand).resolves({ Version: 1 });
});
afterAll(() => ssm.restore());

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
    now: () => NOW,
    environment: { AWS_DEFAULT_REGION: 'eu-west-1' },
    say: (text) => void out.push(text),
    complain: (text) => void err.push(text),
  });
  return { code, out, err: err.join('\n'), regions };
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
    'pin stage=800/40 gold=1/1 --until 2031-01-02T00:00:00Z',
    {
      action: 'pin',
      until: '2031-01-02T00:00:00Z',
      stage: { rateRps: 800, burst: 40 },
      tiers: { gold: { rateRps: 1, burst: 1 } },
    },
  ],
])('%s is one edit of the override parameter', async (line, document) => {
  expect(await typed(line)).toMatchObject({ code: 0, err: '', regions: ['eu-west-1'] });
  expect(documents()).toEqual([document]);
  expect(put()[0]).toMatchObject({ Name: OVERRIDE, Type: 'String', Overwrite: true });
});

test('another stage, policy and Region', async () => {
  const { code, out, regions } = await typed('kill --stage prod --name default --region ap-south-1');
  expect({ code, regions }).toEqual({ code: 2, regions: ['ap-south-1'] });
  expect(out).toEqual([]);
  ssm.on(GetParametersByPathCommand).resolves({ Parameters: [] });
  expect((await typed('kill --stage prod --name shop')).out.at(-1)).toContain(
    'tidegate status --stage prod --name shop',
  );
  expect(put()[0]?.Name).toBe('/tidegate/prod/overrides/shop');
});

test.each<[string, string]>([
  ['kill --floor 50', 'A limit: expected requests a second, a slash and the burst, as 50/100; found "50".'],
  ['kill --floor 0/10', 'floor.rateRps: expected at least 0.1; found 0'],
  ['kill --floor 1/10.5', 'as 50/100; found "1/10.5"'],
  ['pin --for 30m', "missing required argument 'limit'"],
  ['pin basic=20/40', 'give either --for 30m or --until'],
  ['pin basic=20/40 --for 30m --until 2031-01-02T00:00:00Z', 'give either --for 30m or --until'],
  ['pin basic=20/40 --for soon', 'A duration: expected a number and s, m, h or d, as 30m; found "soon".'],
  ['pin basic=20/40 --until 2030-01-01T00:00:00Z', 'is in the past; now it is 2031-01-01T00:00:00.000Z.'],
  ['pin basic=20/40 --until tomorrow', 'until: expected an instant with its zone'],
  ['pin basic --for 30m', 'expected a tier or "stage", as basic=50/100; found "basic".'],
  ['pin basic=1/1 basic=2/2 --for 30m', '"basic" is given twice'],
  ['pause --nag-after 1s', 'nagAfterSeconds: expected at least 60; found 1'],
  ['pause --stage a/b', '--stage: expected letters, digits'],
  ['resume --nag-after 2h', "unknown option '--nag-after'"],
  ['kil', "unknown command 'kil'"],
  ['kill --name other', 'no policy is called "other"; the policies of this stage: default.'],
])('%s is refused, and nothing is written', async (line, words) => {
  const { code, err } = await typed(line);
  expect(err).toContain(words);
  expect(code).toBe(2);
  expect(put()).toEqual([]);
});

test('whoever may put but not read can kill all the same', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  ssm.on(GetParametersByPathCommand).rejects(denied);
  ssm.on(GetParameterCommand).rejects(denied);
  const { code, err } = await typed('kill');
  expect(code).toBe(0);
  expect(err).toBe('The policies could not be listed (AccessDeniedException); going on without that check.');
  expect(documents()).toEqual([{ action: 'kill' }]);
});

test.each([
  [
    'AccessDeniedException',
    'not authorized to perform ssm:PutParameter',
    'It needs ssm:GetParameter and ssm:PutParameter',
  ],
  ['CredentialsProviderError', 'Could not load credentials from any providers', 'aws sts get-caller-identity'],
  ['ThrottlingException', 'Rate exceeded', 'Try again in a second'],
])('%s is passed on with a word of what to do', async (name, message, hint) => {
  ssm.on(PutParameterCommand).rejects(Object.assign(new Error(message), { name }));
  const { code, err, out } = await typed('kill');
  expect({ code, out }).toEqual({ code: 1, out: [] });
  expect(err).toContain(`AWS did not do it. ${name}: ${message}`);
  expect(err).toContain(hint);
});

test('help is help, and no error', async () => {
  const { code, out, err } = await typed('pin --help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.join('\n')).toContain('--until <instant>');
});
