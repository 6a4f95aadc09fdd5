import { bursts } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest, TRIES_TWICE } from './family.ts';

/** How long the tenants ask, and how long they pause, in turn; seconds. */
const SPELLS = [10, 20, 40, 80, 160] as const;

export const onOff = family(
  'on-off',
  'Five standard tenants ask and pause in turn, for 10, 20, 40, 80 and 160 s; together they are at times too many.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(800);
    const tenants = SPELLS.map((spell) => {
      const wave = bursts(0, jitter.level(380), spell, spell);
      const demand = (seconds: number) => (seconds >= onset && seconds < end ? wave(seconds - onset) : 0);
      return crowd(`on-off-${spell}`, 'standard', 1, demand, { behaviour: TRIES_TWICE });
    });
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), ...tenants],
      backend: backend(jitter),
    };
  },
);
