import { EmbeddedAws } from '../../../kernel/aws.ts';
import { SimulationClock } from '../../../kernel/simulation-clock.ts';

export const START_MS = Date.UTC(2031, 0, 1);

/** An embedded AWS without services, in virtual time from the start of 2031, that allows every call. */
export async function virtualAws(seed = 1): Promise<{ aws: EmbeddedAws; clock: SimulationClock }> {
  const clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  await clock.goVirtual(0, START_MS);
  const aws = new EmbeddedAws({ clock, seed });
  aws.setAuthorize(() => {});
  return { aws, clock };
}
