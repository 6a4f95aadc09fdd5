import { isMethodKey, methodKeyOf, STAGE_DEFAULT, settingsKeyOf } from '../../../shared/limits/method-key.ts';

test.each([
  ['*/*', '*/*'],
  ['*/GET', '*/GET'],
  ['orders/POST', '/orders/POST'],
  ['~1orders/POST', '/orders/POST'],
  ['pets/dogs/GET', '/pets/dogs/GET'],
  ['/pets/dogs/GET', '/pets/dogs/GET'],
  ['~1pets~1{id}/GET', '/pets/{id}/GET'],
  ['~1/GET', '//GET'],
  ['/GET', '//GET'],
])('the settings key %s is %s in one spelling', (settingsKey, method) => {
  expect(methodKeyOf(settingsKey)).toBe(method);
});

test.each([
  ['*/*', '*/*'],
  ['/orders/POST', '~1orders/POST'],
  ['/pets/{id}/GET', '~1pets~1{id}/GET'],
  ['//GET', '~1/GET'],
])('an override of %s is made under %s, and comes back as the same method', (method, settingsKey) => {
  expect(settingsKeyOf(method)).toBe(settingsKey);
  expect(methodKeyOf(settingsKey)).toBe(method);
});

test('a key without a verb is still one key, however odd', () => {
  expect(methodKeyOf('orders')).toBe('//orders');
});

test.each([
  STAGE_DEFAULT,
  '//GET',
  '/orders/*',
  '/orders/ANY',
  '/orders/HEAD',
  '/pets/{id}/photos/DELETE',
  "/a.b_c~d{e}+f:g$h,i=j@k!l(m)'-/OPTIONS",
])('%s is a method', (text) => expect(isMethodKey(text)).toBe(true));

test.each([
  'all',
  'unknown',
  '',
  '/orders',
  'orders/POST',
  ' /orders/POST',
  '/orders/POST ',
  '/orders/POST/throttling',
  '/a b/GET',
  '/orders//GET',
  '/orders/DROP',
  '/orders/get',
  '/ordersGET',
  '/a~1b/../GET/x',
  '*/GET',
])('%p is no method', (text) => expect(isMethodKey(text)).toBe(false));
