import { type EventPattern, matches } from '../../../services/events/pattern.ts';
import { parsePattern } from '../../../services/events/pattern-syntax.ts';

const EVENT = {
  source: 'aws.ssm',
  'detail-type': 'Parameter Store Change',
  resources: ['arn:aws:ssm:us-east-1:123456789012:parameter/tidegate/dev/switch'],
  detail: {
    name: '/tidegate/dev/switch',
    count: 5,
    empty: '',
    nothing: null,
    ip: '10.0.3.7',
    tags: ['a', 'b'],
    on: true,
  },
};

const CASES: readonly [string, EventPattern, boolean][] = [
  ['an exact value', { source: ['aws.ssm'] }, true],
  ['one of several values', { source: ['x', 'aws.ssm'] }, true],
  ['another value', { source: ['aws.ec2'] }, false],
  ['every name must fit', { source: ['aws.ssm'], detail: { name: ['/else'] } }, false],
  ['an element of a list', { resources: [{ suffix: '/switch' }] }, true],
  ['elements of a list, none of which fits', { detail: { tags: ['c'] } }, false],
  ['a prefix', { detail: { name: [{ prefix: '/tidegate/dev/' }] } }, true],
  ['a prefix without regard to case', { detail: { name: [{ prefix: { 'equals-ignore-case': '/TIDE' } }] } }, true],
  ['another prefix', { detail: { name: [{ prefix: '/other/' }] } }, false],
  ['a prefix of a number', { detail: { count: [{ prefix: '5' }] } }, false],
  ['equal but for case', { source: [{ 'equals-ignore-case': 'AWS.SSM' }] }, true],
  ['anything but one', { source: [{ 'anything-but': 'aws.ec2' }] }, true],
  ['anything but several', { source: [{ 'anything-but': ['aws.ec2', 'aws.ssm'] }] }, false],
  ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
  ['anything but several suffixes', { source: [{ 'anything-but': { suffix: ['.ec2', '.s3'] } }] }, true],
  ['anything but needs a value', { detail: { missing: [{ 'anything-but': 'x' }] } }, false],
  ['a numeric range', { detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
  ['outside a numeric range', { detail: { count: [{ numeric: ['>', 5] }] } }, false],
  ['numeric on a text', { detail: { name: [{ numeric: ['=', 5] }] } }, false],
  ['exists', { detail: { name: [{ exists: true }] } }, true],
  ['exists on an empty text', { detail: { empty: [{ exists: true }] } }, true],
  ['exists not', { detail: { missing: [{ exists: false }] } }, true],
  ['exists not, but does', { detail: { name: [{ exists: false }] } }, false],
  ['exists is for leaves', { detail: [{ exists: true }] } as EventPattern, false],
  ['null', { detail: { nothing: [null] } }, true],
  ['true', { detail: { on: [true] } }, true],
  ['a number is not its text', { detail: { count: ['5'] } }, false],
  ['a wildcard', { detail: { name: [{ wildcard: '/tidegate/*/switch' }] } }, true],
  ['a wildcard that is one', { detail: { name: [{ wildcard: '/tidegate/\\*/switch' }] } }, false],
  ['an address block', { detail: { ip: [{ cidr: '10.0.0.0/16' }] } }, true],
  ['another address block', { detail: { ip: [{ cidr: '10.1.0.0/16' }] } }, false],
  ['one of two alternatives', { $or: [{ source: ['x'] }, { detail: { count: [5] } }] }, true],
  ['neither alternative', { source: ['aws.ssm'], $or: [{ source: ['x'] }, { detail: { count: [6] } }] }, false],
];

test.each(CASES)('%s', (_title, pattern, expected) => {
  expect(matches(parsePattern(JSON.stringify(pattern)), EVENT)).toBe(expected);
});

test.each([
  ['not JSON', '{'],
  ['no object', '[]'],
  ['nothing in it', '{}'],
  ['a bare value', '{"source":"aws.ssm"}'],
  ['an empty list', '{"source":[]}'],
  ['an unknown operator', '{"source":[{"contains":"x"}]}'],
  ['two operators at once', '{"source":[{"prefix":"x","suffix":"y"}]}'],
  ['exists that is neither', '{"source":[{"exists":"yes"}]}'],
  ['numeric without a bound', '{"count":[{"numeric":[">"]}]}'],
])('refuses a pattern with %s', (_title, text) => {
  expect(() => parsePattern(text)).toThrow();
});
