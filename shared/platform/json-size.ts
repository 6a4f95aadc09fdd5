/** The length of a value's JSON in bytes, as DynamoDB counts a text. */
export function jsonBytes(value: unknown): number {
  return textBytes(JSON.stringify(value) ?? '');
}

export function textBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
