/** Minute by minute, in values that go up and down. */
const rows = (times: readonly string[]): string =>
  ['timestamp,value', ...times.map((time, index) => `${time},${100 + 10 * (index % 7)}`), ''].join('\n');

const two = (number: number): string => String(number).padStart(2, '0');

/** Twenty minutes over midnight, the day before the month; read the American way they last 29 days. */
export function dayMonthYear(): string {
  const before = Array.from({ length: 10 }, (_, minute) => `11/03/2026 23:${50 + minute}`);
  const after = Array.from({ length: 10 }, (_, minute) => `12/03/2026 00:${two(minute)}`);
  return rows([...before, ...after]);
}

/** Nineteen minutes, and a last row at the end of 32-bit Unix time. */
export function lastRowIn2106(): string {
  const minutes = Array.from({ length: 19 }, (_, minute) => `2026-03-03T08:${two(minute)}:00Z`);
  return rows([...minutes, '2106-02-07T06:28:15Z']);
}
