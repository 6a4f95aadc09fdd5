import { conditionsHold } from '../../../iam/conditions.ts';
import { matchesArn, matchesPattern } from '../../../iam/patterns.ts';

const CONTEXT = { 'aws:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/tick', 'aws:SecureTransport': 'true' };

test.each([
  ['nothing asked', {}, true],
  ['equal', { StringEquals: { 'aws:SecureTransport': 'true' } }, true],
  ['one of several values', { StringEquals: { 'aws:SecureTransport': ['no', 'true'] } }, true],
  ['key in another case', { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:*:123456789012:rule/*' } }, true],
  ['every key must hold', { StringLike: { 'aws:SecureTransport': 't*', 'aws:SourceArn': 'x' } }, false],
  ['every operator must hold', { Bool: { 'aws:SecureTransport': true }, ArnEquals: { 'aws:SourceArn': 'x' } }, false],
  ['a boolean as YAML gives it', { Bool: { 'aws:SecureTransport': true } }, true],
  ['a key the request does not have', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, false],
  ['an operator not known here', { NumericLessThan: { 'aws:SecureTransport': '1' } }, false],
])('conditions: %s', (_name, condition, holds) => {
  expect(conditionsHold(condition, CONTEXT)).toBe(holds);
});

const KEYS = ['API#a', 'API#b'];
test.each([
  ['every value matches', { 'ForAllValues:StringLike': { k: ['API#*', 'X'] } }, { k: KEYS }, true],
  ['one value does not', { 'ForAllValues:StringLike': { k: 'API#a' } }, { k: KEYS }, false],
  ['no value at all, as in IAM', { 'ForAllValues:StringLike': { k: 'API#a' } }, {}, true],
  ['an operator not known here, even without values', { 'ForAllValues:NumericEquals': { k: '1' } }, {}, false],
  ['none matches what is ruled out', { 'ForAllValues:StringNotLike': { k: ['D#*', 'E#*'] } }, { k: KEYS }, true],
  ['one matches what is ruled out', { 'ForAllValues:StringNotLike': { k: ['D#*', '*#b'] } }, { k: KEYS }, false],
  ['a negation holds for a key that is absent', { StringNotLike: { k: 'D#*' } }, {}, true],
  ['Null false asks for a value', { Null: { k: 'false' } }, { k: KEYS }, true],
  ['Null false refuses a request without a value', { Null: { k: 'false' } }, {}, false],
  ['Null false as a boolean, and a key in another case', { Null: { K: false } }, { k: KEYS }, true],
  ['Null true asks for the absence', { Null: { k: 'true' } }, {}, true],
  ['Null true refuses a request with a value', { Null: { k: 'true' } }, { k: KEYS }, false],
  [
    'every value matches and there is one',
    { 'ForAllValues:StringLike': { k: 'API#*' }, Null: { k: 'false' } },
    { k: KEYS },
    true,
  ],
  [
    'every value would match, but there is none',
    { 'ForAllValues:StringLike': { k: 'API#*' }, Null: { k: 'false' } },
    {},
    false,
  ],
  ['an operator with the name of an inherited property', { constructor: { k: 'x' } }, { k: KEYS }, false],
])('conditions on several values: %s', (_name, condition, context, holds) => {
  expect(conditionsHold(condition, context)).toBe(holds);
});

test.each([
  ['dynamodb:Get*', 'dynamodb:GetItem', true],
  ['dynamodb:?etItem', 'dynamodb:GetItem', true],
  ['a.c', 'abc', false],
  ['/tidegate/*/x', '/tidegate/dev/y/x', true],
])('pattern %s against %s', (pattern, text, matches) => {
  expect(matchesPattern(pattern, text)).toBe(matches);
});

test('a wildcard in an ARN stays within its part', () => {
  expect(matchesArn('arn:aws:sns:*:tidegate', 'arn:aws:sns:us-east-1:123456789012:tidegate')).toBe(false);
  expect(matchesArn('arn:aws:sns:*:*:tidegate', 'arn:aws:sns:us-east-1:123456789012:tidegate')).toBe(true);
});
