import type { PackagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import type { Scene } from '../faults/scene.ts';
import { restore, type Snapshot, takeSnapshot } from './cloud-snapshot.ts';
import { Caller, type Choose, interleave } from './door.ts';
import { type FinalState, finalState } from './final-state.ts';
import type { Schedule } from './schedules.ts';
import { arrange, type Situation } from './situations.ts';
import { eventOf } from './triggers.ts';

/** An overlap whose final state differs from every serial run. */
export interface Difference {
  readonly situation: string;
  readonly schedule: string;
  readonly what: string;
}

export interface Exploration {
  readonly situation: string;
  readonly runs: number;
  /** Number of distinct orders of calls. */
  readonly orders: number;
  readonly serialEnds: number;
  readonly differences: readonly Difference[];
}

/** Runs the triggers of one situation in every given order of their calls, and holds each end against the serial ones. */
export async function explore(
  stack: PackagedStack,
  situation: Situation,
  schedules: Iterable<Schedule>,
  most: number,
): Promise<Exploration> {
  const scene = await arrange(stack, situation);
  try {
    return await new Explorer(scene, situation, await takeSnapshot(scene)).explore(schedules, most);
  } finally {
    await scene.cloud.close();
  }
}

class Explorer {
  private readonly scene: Scene;
  private readonly situation: Situation;
  private readonly before: Snapshot;
  private readonly callers: readonly Caller[];
  private readonly works: readonly (() => Promise<void>)[];
  private failures: string[] = [];

  constructor(scene: Scene, situation: Situation, before: Snapshot) {
    this.scene = scene;
    this.situation = situation;
    this.before = before;
    this.callers = situation.triggers.map(() => new Caller());
    this.works = this.callers.map((caller, index) => this.workOf(caller, index));
  }

  async explore(schedules: Iterable<Schedule>, most: number): Promise<Exploration> {
    const ends = await this.serialEnds();
    const orders = new Set<string>();
    const differences: Difference[] = [];
    let runs = 0;
    for (const { name, choose } of schedules) {
      if (orders.size === most) break;
      const { order, end } = await this.run(choose);
      runs++;
      const isNew = !orders.has(order.join(''));
      orders.add(order.join(''));
      const what = isNew ? this.complaint(end, ends) : undefined;
      if (what !== undefined) differences.push({ situation: this.situation.name, schedule: name, what });
    }
    const { name: situation } = this.situation;
    return {
      situation,
      runs,
      orders: orders.size,
      serialEnds: new Set(ends.map(({ text }) => text)).size,
      differences,
    };
  }

  /** One environment per trigger, warm after the first run. */
  private workOf(caller: Caller, index: number): () => Promise<void> {
    const { cloud } = this.scene;
    const local = { origin: cloud.endpoint, accepts: () => true, exchange: caller.exchange };
    const environment = cloud.services.lambda.openEnvironment('tidegate-dev-control', local);
    const event = eventOf(this.scene, this.situation.triggers[index] ?? 'schedule');
    return async () => {
      const { outcome } = await environment.execute(`overlap-${index}`, structuredClone(event));
      if (outcome.kind !== 'answered') this.failures.push(JSON.stringify(outcome));
    };
  }

  /** The final states of the triggers run one after the other, in every order. */
  private async serialEnds(): Promise<FinalState[]> {
    const ends: FinalState[] = [];
    for (const order of permutations(this.callers.map((_, index) => index))) {
      const choose: Choose = (waiting) => order.find((index) => waiting.includes(index)) as number;
      ends.push((await this.run(choose, order)).end);
    }
    return ends;
  }

  /** @param serial only then is the next one started when the one before is done */
  private async run(choose: Choose, serial?: readonly number[]): Promise<{ order: number[]; end: FinalState }> {
    await restore(this.scene, this.before);
    this.failures = [];
    const { exchange } = this.scene.cloud.server;
    const order: number[] = [];
    if (serial) {
      for (const index of serial) {
        const [caller, work] = [this.callers[index], this.works[index]];
        if (caller && work) order.push(...(await interleave([caller], [work], exchange, () => 0)));
      }
    } else order.push(...(await interleave(this.callers, this.works, exchange, choose)));
    return { order, end: await finalState(this.scene, this.before) };
  }

  private complaint(end: FinalState, ends: readonly FinalState[]): string | undefined {
    if (this.failures.length > 0) return `failed: ${this.failures.join('; ')}`;
    if (!end.isLeaseFree) return 'the lease was left taken';
    if (end.decisions.length === 0) return 'no decision was recorded';
    if (end.missingWakeUps > 0) return `${end.missingWakeUps} wake-ups for the backlog are missing`;
    if (ends.some(({ text }) => text === end.text)) return undefined;
    return `ends otherwise: ${firstDifference(end.text, ends[0]?.text ?? '')}`;
  }
}

function firstDifference(text: string, expected: string): string {
  const [found, wanted] = [text.split('\n'), expected.split('\n')];
  const at = found.findIndex((line, index) => line !== wanted[index]);
  const around = (lines: readonly string[]) =>
    lines
      .slice(Math.max(0, at - 2), at + 3)
      .join(' ')
      .replaceAll(/\s+/g, ' ');
  return `${around(found)} instead of ${around(wanted)}`;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
