import { type DeliveredEvent, targetInput } from '../../../services/events/input-transformer.ts';

const EVENT: DeliveredEvent = {
  version: '0',
  id: 'event-1',
  'detail-type': 'Order Placed',
  source: 'shop',
  account: '123456789012',
  time: '2031-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { id: 'A"1', ok: true, items: [{ name: 'x' }, { name: 'y' }], owner: { acc_id: '0a' } },
};
const RULE = { name: 'orders', arn: 'arn:aws:events:us-east-1:123456789012:rule/orders' };

const inputOf = (target: object) => targetInput({ Id: 't', Arn: 'x', ...target }, EVENT, RULE);
const transformed = (InputTemplate: string, InputPathsMap = {}) =>
  inputOf({ InputTransformer: { InputTemplate, InputPathsMap } });

test('without settings the whole event', () => {
  expect(JSON.parse(inputOf({}))).toEqual(EVENT);
});

test('a constant input is passed on as it is', () => {
  expect(inputOf({ Input: '{ "a": 1 }' })).toBe('{ "a": 1 }');
});

test('a selected text arrives quoted', () => {
  expect(inputOf({ InputPath: '$.detail.items[1].name' })).toBe('"y"');
  expect(inputOf({ InputPath: "$['detail-type']" })).toBe('"Order Placed"');
});

test('values enter a JSON template as JSON, and as text within quotes', () => {
  const paths = { id: '$.detail.id', items: '$.detail.items', none: '$.detail.none', ok: '$.detail.ok' };
  const text = transformed('{"a": <id>, "b": "<id>", "c": <items>, "d": <none>, "e": "<none>", "f": <ok>}', paths);
  expect(JSON.parse(text)).toEqual({ a: 'A"1', b: 'A"1', c: [{ name: 'x' }, { name: 'y' }], d: '', e: '', f: true });
});

test('objects and lists in text lose their quotes', () => {
  const paths = { owner: '$.detail.owner', ok: '$.detail.ok' };
  expect(transformed('"<owner> says <ok>"', paths)).toBe('"{acc_id:0a} says true"');
});

test('predefined values', () => {
  const text = transformed(
    '{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "event": <aws.events.event>}',
  );
  const { detail, 'detail-type': detailType, ...rest } = EVENT;
  expect(JSON.parse(text)).toEqual({ rule: RULE.name, arn: RULE.arn, event: { ...rest, detailType } });
  expect(JSON.parse(transformed('<aws.events.event.json>'))).toEqual(EVENT);
});
