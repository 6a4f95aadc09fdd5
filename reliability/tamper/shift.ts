import { EPOCH_MS } from '../../rehearsal/run/run-rehearsal.ts';
import type { AttributeValue, Item } from '../overlap/cloud-snapshot.ts';

/** Numbers in this span are instants of the scene; all others are left alone, the hostile ones too. */
const SPAN_MS = { from: EPOCH_MS - 86_400_000, to: EPOCH_MS + 365 * 86_400_000 };
/** Instants in milliseconds, and in keys with two zeros before them; in seconds only `expiresAt` is. */
const INSTANT = /(?<!\d)(?:00)?\d{13}(?!\d)/g;
const MS_PER_SECOND = 1000;

/** An item of the past as it would be had everything happened so much later. */
export function shifted(item: Item, byMs: number): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, later(name, value, byMs)]));
}

function later(name: string, value: AttributeValue, byMs: number): AttributeValue {
  if (value.S !== undefined)
    return { S: value.S.replace(INSTANT, (text) => String(moved(Number(text), byMs)).padStart(text.length, '0')) };
  if (value.N === undefined) return value;
  const scale = name === 'expiresAt' ? MS_PER_SECOND : 1;
  const ms = Number(value.N) * scale;
  return ms === moved(ms, byMs) ? value : { N: String(Math.round(moved(ms, byMs) / scale)) };
}

const moved = (ms: number, byMs: number): number => (ms > SPAN_MS.from && ms < SPAN_MS.to ? ms + byMs : ms);
