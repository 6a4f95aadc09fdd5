import { once } from 'node:events';
import type { HttpResponse } from '../../../http/exchange.ts';
import { answerFate } from '../../../runtime/answer-fate.ts';
import { type Hold, type LocalEndpoint, localRequest } from '../../../runtime/local-http.ts';

const ANSWER: HttpResponse = { status: 200, headers: {}, body: Buffer.from('{}') };

/** A cloud that keeps every answer back for so long. */
function endpointLateBy(delayMs: number): LocalEndpoint {
  const exchange = async () => {
    const fate = answerFate.getStore();
    if (fate) fate.delayMs = delayMs;
    return ANSWER;
  };
  return { origin: 'http://127.0.0.1:4566', accepts: () => true, exchange };
}

const TARGET = { host: '127.0.0.1', port: 4566, path: '/' };
const turn = () => new Promise(setImmediate);

test('an answer that never comes is let go when its client gives up', async () => {
  const released = jest.fn();
  const hold: Hold = jest.fn(() => released);
  const request = localRequest(endpointLateBy(Number.POSITIVE_INFINITY), [TARGET], hold);
  request?.end();
  await turn();
  expect(hold).toHaveBeenCalledTimes(1);
  expect(released).not.toHaveBeenCalled();
  request?.destroy();
  await turn();
  expect(released).toHaveBeenCalledTimes(1);
});

test('who gave up before the answer was ready does not wait for it', async () => {
  const hold: Hold = jest.fn(() => () => undefined);
  const request = localRequest(endpointLateBy(1000), [TARGET], hold);
  request?.end();
  request?.destroy();
  await turn();
  expect(hold).not.toHaveBeenCalled();
});

test('a late answer arrives when its time has come', async () => {
  let arrive = () => {};
  const hold: Hold = (_, then) => {
    arrive = then;
    return () => undefined;
  };
  const request = localRequest(endpointLateBy(1000), [TARGET], hold);
  request?.end();
  await turn();
  const response = once(request as NonNullable<typeof request>, 'response');
  arrive();
  expect((await response)[0]).toMatchObject({ statusCode: 200 });
});
