const SPARKS = '▁▂▃▄▅▆▇█';

/** A sparkline with one character per value, from 0 to the largest value or `scaleTo` if that is larger. */
export function sparkline(values: readonly number[], scaleTo = 0): string {
  const top = values.reduce((most, value) => Math.max(most, value), scaleTo);
  if (top <= 0) return SPARKS.charAt(0).repeat(values.length);
  return values.map((value) => SPARKS.charAt(Math.min(7, Math.round((value / top) * 7)))).join('');
}

/** `filled` of `width` cells; `share` from 0 to 1. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** 12345.6 -> `12,346`; below ten with one digit after the point. */
export function count(value: number): string {
  if (value > 0 && value < 10 && !Number.isInteger(value)) return value.toFixed(1);
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 75 -> `1:15` */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/** A limit as `rate/burst`. */
export const limitText = (limit: { rateRps: number; burst: number }): string =>
  `${count(limit.rateRps)}/${count(limit.burst)}`;

/** Shortens to `width` characters. */
export const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
