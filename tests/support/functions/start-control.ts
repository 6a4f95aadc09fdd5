import { createControl } from '../../../functions/control/control.ts';
import type { LawInput, LawOutput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { type LocalTable, localTable } from './local-table.ts';
import { API, CONCLUSION, World } from './world.ts';

/** What a law says of its input, as far as a story cares. */
export type Answer = (input: LawInput<unknown>) => Partial<LawOutput<unknown>>;

/** Control in a world of mocks, with a table of its own and a law that answers what the story says. */
export interface StartedControl {
  readonly table: LocalTable;
  readonly world: World;
  /** What the law was given, in order. */
  readonly inputs: readonly LawInput<unknown>[];
  /** Stands in for the law; what it leaves out is a hold at the live limits, and a state that counts the law's runs. */
  answer: Answer;
  run(event: unknown): Promise<void>;
  /** Every decision that was recorded, oldest first. */
  decisions(): Promise<Decision[]>;
  close(): Promise<void>;
}

export async function startControl(answer: Answer = () => ({})): Promise<StartedControl> {
  const table = await localTable();
  const world = new World();
  const inputs: LawInput<unknown>[] = [];
  const run = createControl(
    world.dependencies(table, (input) => {
      inputs.push(input);
      const state = { seen: inputs.length };
      return { state, conclusion: CONCLUSION, desired: input.live, ...control.answer(input) };
    }),
  );
  const control: StartedControl = {
    ...{ table, world, inputs, answer, run },
    decisions: async () => {
      const items = await queryItems(table, `DECISION#${API.apiId}/${API.stage}`);
      return items.map((item) => JSON.parse(String(item.decision)) as Decision);
    },
    close: async () => {
      world.restore();
      await table.close();
    },
  };
  return control;
}

/** Limits of the stage and the two tiers; what is not named is at rest. */
export const wish = (limits: { stage?: number; premium?: number; basic?: number }): { desired: Limits } => ({
  desired: {
    stage: { '*/*': { rateRps: limits.stage ?? 2000, burst: limits.stage ? 40 : 5000 } },
    tiers: {
      premium: { rateRps: limits.premium ?? 2000, burst: limits.premium ? 50 : 5000 },
      basic: { rateRps: limits.basic ?? 100, burst: limits.basic ? 10 : 200 },
    },
  },
});
