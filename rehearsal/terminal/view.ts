import { type RehearsalReport, reportTable } from '../run/rehearsal-report.ts';
import type { RehearsalSecond } from '../run/run-rehearsal.ts';
import { type DashboardState, initialDashboard, observeSecond } from './dashboard-state.ts';
import { decisionText, plainLine, renderDashboard } from './render.ts';

/** The part of a terminal that is used. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const PLAIN_EVERY_SECONDS = 10;
const DEFAULT_COLUMNS = 110;
/** Cursor up n lines and to the first column; erase from there to the end of the screen. */
const backOver = (lines: number): string => (lines > 0 ? `\u001b[${lines}F\u001b[0J` : '');

/** The live view of a rehearsal: redrawn in place on a terminal, else a line for every ten simulated seconds. */
export class TerminalView {
  private readonly screen: Screen;
  private state: DashboardState;
  private drawnLines = 0;

  constructor(screen: Screen, scenario: Parameters<typeof initialDashboard>[0]) {
    this.screen = screen;
    this.state = initialDashboard(scenario);
  }

  show(second: RehearsalSecond): void {
    this.state = observeSecond(this.state, second);
    if (this.screen.isTTY) this.redraw();
    else this.log(second);
  }

  /** Keeps the last frame and adds the summary. */
  finish(report: RehearsalReport): void {
    this.drawnLines = 0;
    this.screen.write(`\n${reportTable(report)}\n`);
  }

  private redraw(): void {
    const columns = this.screen.columns ?? DEFAULT_COLUMNS;
    const text = renderDashboard(this.state, { columns, color: true });
    this.screen.write(`${backOver(this.drawnLines)}${text}\n`);
    this.drawnLines = text.split('\n').length;
  }

  private log(second: RehearsalSecond): void {
    for (const decision of second.decisions) {
      if (decision.kind !== 'hold') this.screen.write(`${decisionText(decision, this.state.startMs)}\n`);
    }
    if ((second.snapshot.second + 1) % PLAIN_EVERY_SECONDS === 0) this.screen.write(`${plainLine(this.state)}\n`);
  }
}
