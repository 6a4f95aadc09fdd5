import type { DeployedMethod } from '../../../gateway/deployed/deployed-api.ts';
import { normaliseMethodKey } from '../../../gateway/deployed/method-spelling.ts';
import { findRoute } from '../../../gateway/request/routing.ts';

const METHODS = (
  [
    ['GET', '/'],
    ['GET', '/orders'],
    ['GET', '/orders/{id}'],
    ['ANY', '/orders/latest'],
    ['GET', '/orders/{id}/lines/{line}'],
    ['ANY', '/{proxy+}'],
  ] as const
).map(([verb, path]): DeployedMethod => ({ resourceId: path, path, verb, apiKeyRequired: false, integration: {} }));

test.each([
  ['GET', '/', '/', {}],
  ['GET', '/orders', '/orders', {}],
  ['GET', '/orders/', '/orders', {}],
  ['GET', '/orders/latest', '/orders/latest', {}],
  ['DELETE', '/orders/latest', '/orders/latest', {}],
  ['GET', '/orders/a%20b', '/orders/{id}', { id: 'a b' }],
  ['GET', '/orders/1/lines/2', '/orders/{id}/lines/{line}', { id: '1', line: '2' }],
  ['PUT', '/elsewhere/x/y', '/{proxy+}', { proxy: 'elsewhere/x/y' }],
  ['GET', '/orders/1/lines', '/{proxy+}', { proxy: 'orders/1/lines' }],
])('%s %s goes to %s', (verb, path, resourcePath, pathParameters) => {
  expect(findRoute(METHODS, verb, path)).toMatchObject({ method: { path: resourcePath }, pathParameters });
});

test('the most specific resource decides, also when it lacks the verb', () => {
  expect(findRoute(METHODS, 'DELETE', '/orders')).toBeUndefined();
  expect(findRoute(METHODS, 'POST', '/')).toBeUndefined();
});

test.each([
  ['*/*', '*/*'],
  ['/*/*', '*/*'],
  ['~1*/*', '*/*'],
  ['data/GET', '/data/GET'],
  ['~1data/GET', '/data/GET'],
  ['/data/GET', '/data/GET'],
  ['~1orders~1{id}/GET', '/orders/{id}/GET'],
  ['~1/GET', '//GET'],
  ['//GET', '//GET'],
])('the method key %s is %s', (spelling, normalised) => {
  expect(normaliseMethodKey(spelling)).toBe(normalised);
});
