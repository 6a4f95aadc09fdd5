import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import { type Call, EmbeddedAws, type Operation, type Service } from '../../../kernel/aws.ts';
import { SimulationClock } from '../../../kernel/simulation-clock.ts';
import { plainBody } from '../../../wire/body.ts';
import { Wire } from '../../../wire/wire.ts';

/** What a service saw of a call. */
export interface Seen {
  readonly operation: string;
  readonly input: unknown;
  readonly call: Call;
}

type Behaviour = (seen: Seen) => unknown;

/** A wire whose one service answers every operation through `behave`. */
export function wireTo(serviceName: string, behave: Behaviour): Wire {
  const clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  const aws = new EmbeddedAws({ clock, seed: 1 });
  const answering = (operation: string | symbol) => (input: unknown, call: Call) =>
    behave({ operation: String(operation), input, call });
  // The door asks for an operation of the service's own, never for an inherited one.
  const operations = new Proxy<Record<string, Operation>>(
    {},
    {
      get: (_target, operation) => answering(operation),
      getOwnPropertyDescriptor: (_target, operation) => ({ value: answering(operation), configurable: true }),
    },
  );
  const service: Service = { name: serviceName, operations };
  aws.install(service);
  aws.setAuthorize(() => undefined);
  return new Wire({ aws, roleOf: (name) => `arn:aws:iam::123456789012:role/${name}` });
}

/** An SDK request handler that hands requests to a wire without a socket. */
export function loopback(wire: Wire) {
  return {
    async handle(request: HttpRequest) {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(request.query ?? {})) {
        for (const each of [value ?? ''].flat()) query.append(name, each ?? '');
      }
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const plain = plainBody(headers, await bytesOf(request.body));
      const response = await wire.handle({ verb: request.method, path: request.path, query, ...plain });
      const body = Readable.from([Buffer.from(response.body)]);
      return { response: new HttpResponse({ statusCode: response.status, headers: { ...response.headers }, body }) };
    },
  };
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
