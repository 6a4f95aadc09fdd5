import { backend, family, honest, plateau } from './family.ts';

export const telemetryLate = family(
  'telemetry-late',
  'The backend falls to about half of its capacity; meanwhile windows come half a minute later and one in four is lost.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const left = jitter.level(0.5);
    const [from, to] = [onset - 60, end + 120];
    return {
      durationSeconds: 1380,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 120,
      groups: honest(jitter),
      backend: backend(jitter, plateau(left, onset, end)),
      trouble: {
        lost: [{ from, to, share: jitter.level(0.25) }],
        late: [{ from, to, extraSeconds: jitter.second(30, 10) }],
      },
    };
  },
);
