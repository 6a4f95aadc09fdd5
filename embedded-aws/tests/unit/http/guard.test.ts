import { refusalAt } from '../../../http/guard.ts';

const at = (port: number, headers: Record<string, string>) =>
  refusalAt({ port, isOpenToPages: false }, { target: '/', headers })?.status;

test("a door at HTTP's default port is named without a port, as browsers do", () => {
  expect(at(80, { host: 'localhost', origin: 'http://localhost' })).toBeUndefined();
  expect(at(80, { host: 'evil.example' })).toBe(403);
});

test('a page of the same name at another port is foreign', () => {
  expect(at(4566, { host: '127.0.0.1:4566', origin: 'http://127.0.0.1' })).toBe(403);
  expect(at(4566, { host: '127.0.0.1:4566', origin: 'https://127.0.0.1:4566' })).toBe(403);
  expect(at(4566, { host: '127.0.0.1:4566', origin: 'http://127.0.0.1:4566' })).toBeUndefined();
});
