import { explainOverrideProblems, parseOverride } from '../../../shared/policy/parse-override.ts';

const BASELINE = {
  stage: { rateRps: 2000, burst: 60 },
  tiers: { premium: { rateRps: 2000, burst: 60 }, basic: { rateRps: 100, burst: 20 } },
};
const DEPLOYED = { baseline: BASELINE, putMs: Date.UTC(2031, 3, 30) };
const LIMIT = { rateRps: 50, burst: 10 };
const UNTIL = '2031-05-01T12:30:00Z';

function refusal(document: unknown): string {
  const parsed = parseOverride(typeof document === 'string' ? document : JSON.stringify(document), DEPLOYED);
  return parsed.ok ? 'accepted' : explainOverrideProblems(parsed.problems);
}

test.each([
  [{ action: 'pause' }],
  [{ action: 'pause', reason: 'a migration', nagAfterSeconds: 7200 }],
  [{ action: 'pin', until: UNTIL, stage: LIMIT }],
  [{ action: 'pin', until: '2031-05-01T14:30:00.5+02:00', tiers: { basic: LIMIT, premium: LIMIT } }],
  [{ action: 'kill' }],
  [{ action: 'kill', floor: { rateRps: 0.1, burst: 1 }, reason: 'the backend is on fire' }],
  [{ action: 'resume' }],
])('%j is accepted as it is', (document) => {
  expect(parseOverride(JSON.stringify(document), DEPLOYED)).toEqual({ ok: true, override: document });
});

test.each<[unknown, string | RegExp]>([
  ['', '(document): expected a JSON object'],
  ['{ "action": "kill", }', /Fix: look near that place for a missing comma/],
  ['[]', '(document): expected an object; found []'],
  ['null', '(document): expected an object; found null'],
  ['"kill"', '(document): expected an object; found "kill"'],
  [{}, 'action: expected one of "pause", "pin", "kill", "resume"; found nothing. Fix: add the field.'],
  [{ action: 'kil' }, 'action: expected one of "pause", "pin", "kill", "resume"; found "kil"'],
  [{ action: ['kill'] }, 'action: expected one of'],
  ['{"action":"pause","action":"kill"}', 'action: expected each field at most once; found the field twice'],
  [{ action: 'pause', raeson: 'x' }, 'raeson: expected a field of the override; found "x". Fix: did you mean "reason"'],
  [{ action: 'pause', floor: LIMIT }, 'floor: expected a field of the override'],
  [{ action: 'resume', nagAfterSeconds: 60 }, 'nagAfterSeconds: expected a field of the override'],
  [{ action: 'pause', nagAfterSeconds: 1 }, 'nagAfterSeconds: expected at least 60; found 1'],
  [{ action: 'pause', reason: '' }, 'reason: expected at least 1 characters'],
  [{ action: 'kill', floor: 0 }, 'floor: expected an object; found 0'],
  [{ action: 'kill', floor: { rateRps: 0, burst: 1 } }, 'floor.rateRps: expected at least 0.1; found 0'],
  [
    { action: 'kill', floor: { rateRps: '5', burst: 1 } },
    'floor.rateRps: expected a number; found "5". Fix: write 5 without quotes',
  ],
  [{ action: 'kill', floor: { rateRps: 5, burst: 1.5 } }, 'floor.burst: expected a whole number; found 1.5'],
  [
    '{"action":"kill","floor":{"rateRps":1e999,"burst":1}}',
    'floor.rateRps: expected a number; found Infinity (too large a number)',
  ],
  [{ action: 'kill', floor: { rateRps: 1e12, burst: 1 } }, 'floor.rateRps: expected at most 1000000'],
  [{ action: 'pin', stage: LIMIT }, 'until: expected a string; found nothing'],
  [
    { action: 'pin', until: 'tomorrow', stage: LIMIT },
    'until: expected an instant with its zone: "2031-05-01T12:30:00Z"; found "tomorrow"',
  ],
  [{ action: 'pin', until: '2031-05-01T12:30:00', stage: LIMIT }, 'until: expected an instant with its zone'],
  [{ action: 'pin', until: '2031-02-30T12:30:00Z', stage: LIMIT }, 'until: expected an instant with its zone'],
  [{ action: 'pin', until: UNTIL }, 'tiers: expected at least one tier, or the stage; found nothing'],
  [{ action: 'pin', until: UNTIL, tiers: {} }, 'tiers: expected at least one tier, or the stage; found {}'],
  [{ action: 'pin', until: UNTIL, tiers: { gold: LIMIT } }, 'tiers.gold: expected one of premium, basic'],
  [
    { action: 'pin', until: UNTIL, tiers: { basic: { rateRps: 5 } } },
    'tiers.basic.burst: expected a number; found nothing',
  ],
  [
    `{"action":"pin","until":"${UNTIL}","tiers":{"__proto__":{"rateRps":5,"burst":1}}}`,
    'tiers.__proto__: expected one of premium, basic',
  ],
  [{ action: 'pause', reason: 'x'.repeat(5000) }, 'expected at most 4096 bytes'],
  [`{"action":"pause","reason":${'['.repeat(1500)}${']'.repeat(1500)}}`, 'expected at most 20 levels'],
])('document %# is refused in words that help', (document, words) => {
  expect(refusal(document)).toMatch(
    words instanceof RegExp ? words : new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
  );
});

test('every problem is told at once', () => {
  const text = refusal({ action: 'pin', until: 'soon', tiers: { gold: { rateRps: -1, burst: 0 } }, nag: 1 });
  expect(text).toContain('The override was refused: 5 problems.');
  for (const path of ['until', 'tiers.gold.rateRps', 'tiers.gold.burst', 'tiers.gold', 'nag'])
    expect(text).toContain(`${path}: `);
});

test.each<[string, object, object[]]>([
  [
    'holds nothing',
    {},
    [
      {
        path: 'tiers',
        expected: 'at least one tier, or the stage',
        found: 'nothing',
        fix: 'add "stage" or "tiers", each with "rateRps" and "burst"',
      },
    ],
  ],
  [
    'names a tier that is not deployed',
    { tiers: { gold: LIMIT, basic: LIMIT } },
    [
      {
        path: 'tiers.gold',
        expected: 'one of premium, basic',
        found: '{"rateRps":50,"burst":10}',
        fix: 'use a tier that config/tiers.yml deploys, or remove this one',
      },
    ],
  ],
  [
    'has a list for its tiers',
    { stage: LIMIT, tiers: ['gold'] },
    [{ path: 'tiers', expected: 'an object', found: '["gold"]', fix: 'write an object' }],
  ],
  [
    'has nothing for its tiers',
    { stage: LIMIT, tiers: null },
    [{ path: 'tiers', expected: 'an object', found: 'null', fix: 'write an object' }],
  ],
  [
    'has a name for its tiers',
    { stage: LIMIT, tiers: 'gold' },
    [{ path: 'tiers', expected: 'an object', found: '"gold"', fix: 'write an object' }],
  ],
])('a pin that %s is told exactly that', (_, fields, problems) => {
  const parsed = parseOverride(JSON.stringify({ action: 'pin', until: UNTIL, ...fields }), DEPLOYED);
  expect(parsed).toEqual({ ok: false, problems });
});

test('tiers are taken at their word where the deployed ones are not known', () => {
  const pin = { action: 'pin', until: UNTIL, tiers: { gold: LIMIT } };
  expect(parseOverride(JSON.stringify(pin))).toEqual({ ok: true, override: pin });
});

test('a field in the wrong place is not answered with its own name for a suggestion; only a pin must hold something', () => {
  expect(parseOverride('{"action":"pause","tiers":{"gold":{}}}', DEPLOYED)).toEqual({
    ok: false,
    problems: [
      {
        path: 'tiers',
        expected: 'a field of the override',
        found: '{"gold":{}}',
        fix: 'remove the field',
      },
    ],
  });
});

test.each<[object, string]>([
  [{ action: 'kil' }, 'action'],
  [{ action: 'pause', nagAfterSeconds: 604_801 }, 'nagAfterSeconds'],
  [{ action: 'pause', reason: 'x'.repeat(201) }, 'reason'],
  [{ action: 'pin', until: UNTIL, tiers: { '': LIMIT } }, 'tiers.'],
  [{ action: 'kill', floor: { rateRps: 0.09, burst: 1 } }, 'floor.rateRps'],
  [{ action: 'kill', floor: { rateRps: 1, burst: 0 } }, 'floor.burst'],
  [{ action: 'kill', floor: { rateRps: 1, burst: 1_000_001 } }, 'floor.burst'],
  [{ action: 'kill', floor: { rateRps: 1, burst: 1, until: UNTIL } }, 'floor.until'],
])('%j is refused at %s', (document, path) => {
  const parsed = parseOverride(JSON.stringify(document));
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toEqual([path]);
});

test('a field that occurs twice is told along with an action that is none', () => {
  const parsed = parseOverride('{"action":"kil","reason":"a","reason":"b"}');
  expect(parsed.ok ? [] : parsed.problems.map(({ path, fix }) => [path, fix])).toEqual([
    ['reason', 'keep one of the two'],
    ['action', 'write one of "pause", "pin", "kill", "resume"'],
  ]);
});

describe('a pin above the deployed baseline', () => {
  const high = {
    action: 'pin',
    until: UNTIL,
    stage: { rateRps: 2001, burst: 60 },
    tiers: { basic: { rateRps: 100, burst: 21 } },
  };

  test('is refused, naming the baseline, the pin and the word that allows it', () => {
    const text = refusal(high);
    expect(text).toContain('The override was refused: 2 problems.');
    expect(text).toContain('stage: expected at most the deployed baseline, 2000/60; found 2001/60.');
    expect(text).toContain('tiers.basic: expected at most the deployed baseline, 100/20; found 100/21.');
    expect(text).toContain('--above-baseline');
  });

  test('is accepted with that word, and at the baseline without it', () => {
    expect(refusal({ ...high, aboveBaseline: true })).toBe('accepted');
    expect(refusal({ ...high, aboveBaseline: false })).toContain('2 problems');
    expect(refusal({ action: 'pin', until: UNTIL, ...BASELINE })).toBe('accepted');
  });

  test('is a matter of pins alone', () => {
    expect(refusal({ action: 'kill', floor: { rateRps: 5000, burst: 60 } })).toBe('accepted');
    expect(refusal({ action: 'kill', aboveBaseline: true })).toContain(
      'aboveBaseline: expected a field of the override',
    );
  });
});

test('a pin until the year 9999 is refused: a week is the most', () => {
  const pin = { action: 'pin', stage: LIMIT };
  expect(refusal({ ...pin, until: '9999-12-31T00:00:00Z' })).toContain(
    'until: expected a time at most 7 days after the edit, that is until 2031-05-07T00:00:00.000Z; found "9999-12-31T00:00:00Z".',
  );
  // The clock by which the end was reckoned may be five minutes ahead of Parameter Store's.
  expect(refusal({ ...pin, until: '2031-05-07T00:05:00Z' })).toBe('accepted');
  expect(refusal({ ...pin, until: '2031-05-07T00:05:01Z' })).toContain('7 days');
});

test('every problem of a pin is named at once: a wrong field hides neither a late end nor a limit above the baseline', () => {
  const baseline = { stage: { rateRps: 100, burst: 10 }, tiers: { basic: { rateRps: 5, burst: 5 } } };
  const limits = { stage: { rateRps: 900, burst: 10 }, tiers: { basic: { rateRps: 5, burst: 5 } } };
  const document = { action: 'pin', until: '2031-03-01T00:00:00Z', ...limits, reson: 'x' };
  const parsed = parseOverride(JSON.stringify(document), { baseline, putMs: Date.UTC(2031, 0, 1) });
  expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual(['reson', 'until', 'stage']);
});
