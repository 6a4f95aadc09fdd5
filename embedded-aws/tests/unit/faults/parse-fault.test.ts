import { FaultSpecError, parseFault } from '../../../faults/parse-fault.ts';

const KNOWN = new Map([
  ['ssm', ['GetParameter', 'GetParametersByPath']],
  ['monitoring', ['GetMetricData']],
  ['lambda', ['Invoke']],
]);

test('a fault says which calls, what, how often and when', () => {
  expect(parseFault('ssm.GetParametersByPath:throttle*3@120s..180s', KNOWN)).toEqual({
    text: 'ssm.GetParametersByPath:throttle*3@120s..180s',
    service: 'ssm',
    operation: 'GetParametersByPath',
    kind: 'throttle',
    durationMs: 0,
    count: 3,
    share: 1,
    fromMs: 120_000,
    toMs: 180_000,
  });
});

test('without count and time it strikes every call from the start on', () => {
  const { count, share, fromMs, toMs } = parseFault('ssm.Get*:down', KNOWN);
  expect({ count, share, fromMs, toMs }).toEqual({ count: Infinity, share: 1, fromMs: 0, toMs: Infinity });
});

test('who, a text of the input, a time in brackets and a share may be given', () => {
  expect(parseFault('control/dynamodb.UpdateItem[lease]:late(1.5s)%25@1m')).toMatchObject({
    who: 'control',
    service: 'dynamodb',
    operation: 'UpdateItem',
    containing: 'lease',
    kind: 'late',
    durationMs: 1500,
    share: 0.25,
    fromMs: 60_000,
    toMs: Infinity,
  });
});

test('late and reorder have a time of their own when none is given', () => {
  expect(parseFault('ssm.GetParameter:late').durationMs).toBe(5000);
  expect(parseFault('lambda.Invoke:reorder').durationMs).toBe(30_000);
});

test('CloudWatch may be called by its name', () => {
  expect(parseFault('cloudwatch.GetMetricData:stale', KNOWN).service).toBe('monitoring');
});

test.each([
  ['', /is not of the form .*For example: ssm\.GetParametersByPath:throttle\*3@120s\.\.180s/],
  ['ssm:error', /is not of the form/],
  ['ssm.GetParameter', /is not of the form/],
  ['ssm.GetParameter:error*3x', /is not of the form/],
  ['ssm.GetParameter:explode', /there is no fault "explode"\. Known: error, down, throttle/],
  ['ssn.GetParameter:error', /there is no service "ssn"\. Known: lambda, monitoring, ssm\./],
  ['ssm.PutParameter:error', /ssm has no operation "PutParameter"\. Known: GetParameter, GetParametersByPath\./],
  ['ssm.Put*:error', /ssm has no operation "Put\*"/],
  ['ssm.GetParameter:late(5)', /expected a time, found "5"\. Write a number and a unit: 500ms, 120s, 5m or 1h\./],
  ['ssm.GetParameter:error(5s)', /"error" takes no time in brackets; leave "\(5s\)" out\./],
  ['ssm.GetParameter:error*0', /expected a number of calls of at least 1, found "\*0"/],
  ['ssm.GetParameter:error%0', /expected a share above 0 and up to 100 per cent, found "%0"/],
  ['ssm.GetParameter:error%200', /found "%200"/],
  ['ssm.GetParameter:error@180s..120s', /"@180s\.\.120s" ends before it begins/],
  ['ssm.GetParameter:error@soon', /expected a time, found "soon"/],
  ['ssm.GetParameter:reorder', /only deliveries can be reordered: lambda\.Invoke, sqs\.SendMessage/],
])('%s is refused with the place and the way to fix it', (text, message) => {
  expect(() => parseFault(text, KNOWN)).toThrow(FaultSpecError);
  expect(() => parseFault(text, KNOWN)).toThrow(message);
  expect(() => parseFault(text, KNOWN)).toThrow(`Fault "${text}": `);
});
