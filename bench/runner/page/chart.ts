import type { Baseline } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { limitOf } from '../../../shared/limits/limits.ts';
import type { Second } from '../job.ts';

const WIDTH = 760;
const LEFT = 48;
const RIGHT = 12;
const PANEL_HEIGHT = 110;
const PANEL_GAP = 34;
const TOP = 40;
const BIN_SECONDS = 10;
/** A plan limit below this share of its baseline is drawn there; the scale is logarithmic. */
const LEAST_PLAN_SHARE = 0.001;
const MOST_LATENCY_FACTOR = 3;

const STYLE = `
  svg{font:11px system-ui,sans-serif}
  .bg{fill:#fff}.t{fill:#24292f}.m{fill:#57606a}
  path{fill:none;stroke:var(--c);stroke-width:1.5}tspan{fill:var(--c)}
  .g{--c:#d0d7de}path.served{stroke:none;fill:var(--c);fill-opacity:.35}
  .capacity,.bound{stroke-dasharray:4 3}
  .offered{--c:#8c959f}.admitted,.standard{--c:#218bff}.served,.basic{--c:#2da44e}.capacity{--c:#24292f}.stage{--c:#d1700f}
  .latency,.premium{--c:#a475f9}.bound{--c:#e5534b}.internal{--c:#bf8700}
  @media(prefers-color-scheme:dark){.bg{fill:#0d1117}.t{fill:#e6edf3}.m{fill:#8d96a0}.g{--c:#30363d}.capacity{--c:#e6edf3}}`;

export interface ChartInput {
  readonly title: string;
  readonly subtitle: string;
  readonly seconds: readonly Second[];
  readonly baseline: Baseline;
  readonly methodCost: Readonly<Record<string, number>>;
  readonly methods: readonly string[];
  readonly boundMs: number;
}

interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

interface Panel {
  readonly unit: string;
  readonly series: readonly Series[];
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** 0 at the panel's foot, 1 at its head. */
  readonly heightOf: (value: number) => number;
}

/** One run as an SVG of three panels over one axis of time; plain text, readable on light and on dark. */
export function chart(input: ChartInput): string {
  const bins = binned(input.seconds);
  const panels = [flowPanel(bins, input), latencyPanel(bins, input), planPanel(bins, input)];
  const height = TOP + panels.length * (PANEL_HEIGHT + PANEL_GAP) + 4;
  const body = panels.map((panel, index) =>
    panelSvg(panel, TOP + 18 + index * (PANEL_HEIGHT + PANEL_GAP), bins.length),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(input.title)}">`,
    `<style>${STYLE}</style><rect class="bg" width="${WIDTH}" height="${height}"/>`,
    `<text class="t" x="12" y="18" font-weight="600">${escaped(input.title)}</text>`,
    `<text class="m" x="12" y="34">${escaped(input.subtitle)}</text>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

function flowPanel(bins: readonly Second[][], { methods, methodCost }: ChartInput): Panel {
  const capacity = bins.map((bin) => mean(bin.map((second) => second.capacityCups)));
  const top = 1.5 * Math.max(...capacity);
  const of = (name: string, value: (second: Second) => number): Series => {
    return { name, values: bins.map((bin) => mean(bin.map(value))) };
  };
  return {
    unit: 'cost units/s',
    series: [
      of('served', (second) => second.served),
      of('offered', (second) => second.offered),
      of('admitted', (second) => second.admitted),
      { name: 'capacity', values: capacity },
      of('stage', ({ enforced }) => stageCups(enforced.stage, methods, methodCost)),
    ],
    ticks: evenTicks(top),
    heightOf: (value) => value / top,
  };
}

/** What all methods' limits admit together. */
function stageCups(stage: Limits['stage'], methods: readonly string[], cost: ChartInput['methodCost']): number {
  return methods.reduce((sum, method) => sum + (limitOf(stage, method)?.rateRps ?? 0) * (cost[method] ?? 1), 0);
}

function latencyPanel(bins: readonly Second[][], { boundMs }: ChartInput): Panel {
  const top = MOST_LATENCY_FACTOR * boundMs;
  const worst = bins.map((bin) => {
    const known = bin.flatMap(({ latencyP90Ms }) => latencyP90Ms ?? []);
    return known.length > 0 ? Math.max(...known) : undefined;
  });
  return {
    unit: 'latency p90, ms, the worst second of ten',
    series: [
      { name: 'bound', values: bins.map(() => boundMs) },
      { name: 'latency', values: worst },
    ],
    ticks: [0, boundMs, top].map((value) => ({ value, label: String(value) })),
    heightOf: (value) => value / top,
  };
}

function planPanel(bins: readonly Second[][], { baseline }: ChartInput): Panel {
  const series = Object.entries(baseline.tiers).map(([name, { rateRps }]) => ({
    name,
    values: bins.map((bin) => (bin.at(-1)?.enforced.tiers[name]?.rateRps ?? rateRps) / rateRps),
  }));
  return {
    unit: 'plan limit per key, of its baseline',
    series,
    ticks: [0.001, 0.01, 0.1, 1].map((value) => ({ value, label: `${value * 100} %` })),
    heightOf: (share) => 1 - Math.log(Math.max(LEAST_PLAN_SHARE, share)) / Math.log(LEAST_PLAN_SHARE),
  };
}

function panelSvg({ unit, series, ticks, heightOf }: Panel, top: number, bins: number): string {
  const x = (bin: number) => round(LEFT + ((WIDTH - LEFT - RIGHT) * bin) / Math.max(1, bins));
  const y = (value: number) => round(top + PANEL_HEIGHT * (1 - Math.min(1, Math.max(0, heightOf(value)))));
  const grid = ticks.map(
    ({ value, label }) =>
      `<path class="g" d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}"/><text class="m" x="${LEFT - 5}" y="${y(value) + 4}" text-anchor="end">${label}</text>`,
  );
  const minutes = Array.from({ length: Math.floor((bins * BIN_SECONDS) / 300) + 1 }, (_, index) => index * 5);
  const axis = minutes.map(
    (minute) =>
      `<text class="m" x="${x((minute * 60) / BIN_SECONDS)}" y="${top + PANEL_HEIGHT + 12}">${minute} min</text>`,
  );
  const legend = series.map(({ name }) => `<tspan class="${name}">${name}</tspan>`).join('\u00a0\u00a0');
  const lines = series.map(({ name, values }) => line(name, values, x, y));
  return [
    `<text class="m" x="${LEFT}" y="${top - 5}">${unit}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${top - 5}" text-anchor="end">${legend}</text>`,
    ...grid,
    ...lines,
    ...axis,
  ].join('');
}

/** Steps, for a bin is constant; `served` is an area. Points that repeat the last height are left out. */
function line(
  name: string,
  values: Series['values'],
  x: (bin: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let last: number | undefined;
  values.forEach((value, bin) => {
    const height = value === undefined ? undefined : y(value);
    if (height === last) return;
    if (height !== undefined) path += last === undefined ? `M${x(bin)} ${height}` : `H${x(bin)}V${height}`;
    else path += `H${x(bin)}`;
    last = height;
  });
  if (last !== undefined) path += `H${x(values.length)}`;
  return `<path class="${name}" d="${path}${name === 'served' ? `V${y(0)}H${LEFT}Z` : ''}"/>`;
}

function evenTicks(top: number): Panel['ticks'] {
  const step = 10 ** Math.floor(Math.log10(top)) * (top / 10 ** Math.floor(Math.log10(top)) > 5 ? 2 : 1);
  const count = Math.floor(top / step);
  return Array.from({ length: count + 1 }, (_, index) => ({ value: index * step, label: String(index * step) }));
}

function binned(seconds: readonly Second[]): Second[][] {
  const bins: Second[][] = [];
  for (let from = 0; from < seconds.length; from += BIN_SECONDS) bins.push(seconds.slice(from, from + BIN_SECONDS));
  return bins;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const round = (value: number) => Math.round(value * 10) / 10;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
