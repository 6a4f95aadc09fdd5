import { XmlCodec } from '@aws-sdk/core/protocols';
import { CborCodec } from '@smithy/core/cbor';
import { FromStringShapeDeserializer, JsonCodec2, ToStringShapeSerializer } from '@smithy/core/protocols';
import type { $Schema } from '@smithy/types';
import { textOf } from './message.ts';

/** Reads and writes bodies, and single values as text, in one protocol's formats. */
export interface Codec {
  decode(schema: $Schema, body: Uint8Array): Promise<unknown>;
  encode(schema: $Schema, value: unknown): string | Uint8Array;
  textToValue(schema: $Schema, text: string): unknown;
  valueToText(schema: $Schema, value: unknown): string;
}

/** `@smithy/core`'s numbers for date-time and epoch-seconds, the formats of timestamps without a trait of their own. */
const DATE_TIME = 5;
const EPOCH_SECONDS = 7;

interface ShapeCodec<Body> {
  createDeserializer(): { read(schema: $Schema, body: Body): unknown };
  createSerializer(): { write(schema: $Schema, value: unknown): void; flush(): string | Uint8Array };
}

function codec<Body>(shapes: ShapeCodec<Body>, toBody: (body: Uint8Array) => Body, format: 5 | 7): Codec {
  const settings = { timestampFormat: { useTrait: true, default: format }, httpBindings: true } as const;
  const fromText = new FromStringShapeDeserializer(settings);
  const toText = new ToStringShapeSerializer(settings);
  return {
    decode: async (schema, body) => await shapes.createDeserializer().read(schema, toBody(body)),
    encode: (schema, value) => {
      const serializer = shapes.createSerializer();
      serializer.write(schema, value);
      const body = serializer.flush();
      // A plain view: the JSON codec's own kind of bytes warns when it is treated as text.
      return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    },
    textToValue: (schema, text) => fromText.read(schema, text),
    valueToText: (schema, value) => {
      toText.write(schema, value);
      return toText.flush();
    },
  };
}

const json = (jsonName: boolean): Codec =>
  codec(
    new JsonCodec2({
      timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
      jsonName,
      httpBindings: jsonName,
    }),
    textOf,
    EPOCH_SECONDS,
  );

export const JSON_RPC = json(false);
export const REST_JSON = json(true);
export const CBOR = codec(new CborCodec(), (body) => body, EPOCH_SECONDS);

/** `xmlNamespace` marks the root element; S3 and the query protocol both need it. */
export function xmlCodec(xmlNamespace: string): Codec {
  const settings = {
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: true,
    xmlNamespace,
    serviceNamespace: xmlNamespace,
  } as const;
  return codec(new XmlCodec(settings), textOf, DATE_TIME);
}
