import { evaluate } from '../../../cloudformation/template/evaluate-value.ts';
import type { Json } from '../../../cloudformation/template/json.ts';
import { parseTemplate } from '../../../cloudformation/template/parse-template.ts';
import { references } from '../../../cloudformation/template/references.ts';
import type { Scope } from '../../../cloudformation/template/scope.ts';
import { resolveParameters, typedParameters } from '../../../cloudformation/template/template-parameters.ts';
import { validateTemplate } from '../../../cloudformation/template/validate.ts';
import { parseText } from '../../../cloudformation/template/yaml.ts';
import { bodyOf, thing } from '../../support/cloudformation/fake-types.ts';

const scope: Scope = {
  mappings: { Sizes: { dev: { count: 2 } } },
  hasLanguageExtensions: true,
  ref: (name) => (name === 'AWS::NoValue' ? undefined : `ref:${name}`),
  attribute: (logicalId, attribute) => `${logicalId}/${attribute}`,
  condition: (name) => name === 'Yes',
  importValue: (name) => `import:${name}`,
};

describe('functions', () => {
  const cases: [string, Json, Json][] = [
    ['Ref', { Ref: 'A' }, 'ref:A'],
    ['GetAtt as list', { 'Fn::GetAtt': ['A', 'Arn'] }, 'A/Arn'],
    ['GetAtt as text, with a dotted attribute', { 'Fn::GetAtt': 'A.Endpoint.Port' }, 'A/Endpoint.Port'],
    ['Sub', { 'Fn::Sub': `x \${A} \${A.Arn} \${!Literal}` }, `x ref:A A/Arn \${Literal}`],
    ['Sub with variables', { 'Fn::Sub': [`\${V}-\${A}`, { V: { Ref: 'B' } }] }, 'ref:B-ref:A'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, 'a-ref:B'],
    ['Split and Select', { 'Fn::Select': ['1', { 'Fn::Split': [',', 'a,b,c'] }] }, 'b'],
    ['If', { 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
    ['If not', { 'Fn::If': ['No', 'a', { Ref: 'B' }] }, 'ref:B'],
    ['Equals', { 'Fn::Equals': [1, '1'] }, true],
    ['And', { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': ['a', 'b'] }] }, false],
    ['Or', { 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Equals': ['a', 'a'] }] }, true],
    ['Not', { 'Fn::Not': [{ Condition: 'No' }] }, true],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'dev', 'count'] }, 2],
    ['Base64', { 'Fn::Base64': 'hallo' }, 'aGFsbG8='],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': `\${A}-x` } }, 'import:ref:A-x'],
    ['ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'A' } } }, '{"a":"ref:A"}'],
    ['Length', { 'Fn::Length': ['a', 'b'] }, 2],
    ['NoValue in an object', { kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['NoValue in a list', ['a', { 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, 'b'] }], ['a']],
    ['an object with another single member', { Refer: 'A' }, { Refer: 'A' }],
  ];

  test.each(cases)('%s', (_name, value, expected) => {
    expect(evaluate(value, scope)).toEqual(expected);
  });

  test('availability zones belong to the Region', () => {
    expect(evaluate({ 'Fn::GetAZs': '' }, scope)).toContain('us-east-1a');
  });

  test.each([
    ['Fn::Nope', { 'Fn::Nope': 1 }, 'does not implement the function Fn::Nope'],
    ['a missing map', { 'Fn::FindInMap': ['Sizes', 'prod', 'count'] }, 'Unable to get mapping for Sizes::prod::count'],
    ['an index too far', { 'Fn::Select': [5, ['a']] }, 'Fn::Select cannot select nonexistent value at index 5'],
    ['a Join of objects', { 'Fn::Join': ['', [{ a: 1 }]] }, 'Fn::Join needs a string'],
    ['a GetAtt without attribute', { 'Fn::GetAtt': 'A' }, 'requires two non-empty parameters'],
  ])('%s fails', (_name, value, message) => {
    expect(() => evaluate(value as Json, scope)).toThrow(message);
  });

  test('ToJsonString needs its transform', () => {
    const plain = { ...scope, hasLanguageExtensions: false };
    expect(() => evaluate({ 'Fn::ToJsonString': {} }, plain)).toThrow('needs the transform AWS::LanguageExtensions');
  });
});

describe('YAML', () => {
  test('short tags mean the long functions', () => {
    const body = [
      'a: !Ref X',
      'b: !GetAtt X.Arn.Sub',
      `c: !Sub "\${X}-y"`,
      `d: !Sub ["\${V}", { V: !Ref X }]`,
      'e: !If [C, !Ref Y, !Join ["", [a, !Sub b]]]',
      'f: !Not [!Condition C]',
      'g: !ToJsonString { a: 1 }',
      'h: 2012-10-17',
    ].join('\n');
    expect(parseText(body)).toEqual({
      a: { Ref: 'X' },
      b: { 'Fn::GetAtt': ['X', 'Arn.Sub'] },
      c: { 'Fn::Sub': `\${X}-y` },
      d: { 'Fn::Sub': [`\${V}`, { V: { Ref: 'X' } }] },
      e: { 'Fn::If': ['C', { Ref: 'Y' }, { 'Fn::Join': ['', ['a', { 'Fn::Sub': 'b' }]] }] },
      f: { 'Fn::Not': [{ Condition: 'C' }] },
      g: { 'Fn::ToJsonString': { a: 1 } },
      h: '2012-10-17',
    });
  });

  test('what is no YAML or JSON says so', () => {
    expect(() => parseText('a: [')).toThrow('Template format error: YAML not well-formed.');
    expect(() => parseText('{"a":')).toThrow('Template format error: JSON not well-formed.');
  });
});

describe('validation', () => {
  const check = (body: string) => validateTemplate(parseTemplate(body), new Map([['Test::Fake::Thing', 1]]));

  test.each([
    ['no resources', bodyOf({}), 'Template format error: At least one Resources member must be defined.'],
    ['a bad logical id', bodyOf({ 'a-b': thing() }), 'Template format error: Resource name a-b is non alphanumeric.'],
    [
      'an unknown reference',
      bodyOf({ A: thing({ X: { Ref: 'X' } }) }),
      'Template format error: Unresolved resource dependencies [X] in the Resources block of the template',
    ],
    [
      'an unknown DependsOn',
      bodyOf({ A: thing({}, { DependsOn: 'Y' }) }),
      'Template format error: Unresolved resource dependencies [Y] in the Resources block of the template',
    ],
    [
      'an unknown name in an output',
      bodyOf({ A: thing() }, { Outputs: { O: { Value: { 'Fn::Sub': `\${Z.Arn}` } } } }),
      'Template format error: Unresolved resource dependencies [Z] in the Outputs block of the template',
    ],
    [
      'an unknown section',
      bodyOf({ A: thing() }, { Resource: {} }),
      'Invalid template property or properties [Resource]',
    ],
    ['an unknown member', bodyOf({ A: thing({}, { DependOn: 'B' }) }), "Invalid template resource property 'DependOn'"],
    [
      'a macro',
      bodyOf({ A: thing() }, { Transform: 'AWS::Serverless' }),
      'does not implement the transform AWS::Serverless',
    ],
  ])('%s', (_name, body, message) => {
    expect(() => check(body)).toThrow(message);
  });

  test('an unknown type is named with its logical id', () => {
    expect(() => check(bodyOf({ Wall: { Type: 'AWS::WAFv2::WebACL' } }))).toThrow(
      'Template format error: Unrecognized resource types: [AWS::WAFv2::WebACL]; not known to the embedded AWS: Wall (AWS::WAFv2::WebACL)',
    );
  });
});

describe('references', () => {
  test('count only the branch that the condition selects', () => {
    const value: Json = {
      X: { 'Fn::If': ['Yes', { Ref: 'A' }, { Ref: 'B' }] },
      Y: { 'Fn::Sub': [`\${V}\${C}`, { V: 1 }] },
    };
    expect(references(value, scope.condition).map(({ name }) => name)).toEqual(['A', 'C']);
    expect(references(value).map(({ name }) => name)).toEqual(['A', 'B', 'C']);
  });
});

describe('parameters', () => {
  const template = parseTemplate(
    bodyOf(
      { A: thing() },
      {
        Parameters: {
          Stage: { Type: 'String', AllowedValues: ['dev', 'prod'] },
          Count: { Type: 'Number', Default: 3 },
          Names: { Type: 'CommaDelimitedList', Default: 'a, b' },
        },
      },
    ),
  );

  test('come from the caller, the previous value or the default', () => {
    const given = [{ ParameterKey: 'Stage', UsePreviousValue: true }];
    const values = resolveParameters(template, given, { Stage: 'dev' });
    expect(typedParameters(template, values)).toEqual({ Stage: 'dev', Count: '3', Names: ['a', 'b'] });
  });

  test('that are missing, unknown or unfit are refused', () => {
    expect(() => resolveParameters(template, [], {})).toThrow('Parameters: [Stage] must have values');
    expect(() => resolveParameters(template, [{ ParameterKey: 'Nope', ParameterValue: '' }], {})).toThrow(
      'Parameters: [Nope] do not exist in the template',
    );
    expect(() => typedParameters(template, { Stage: 'test', Count: '1', Names: '' })).toThrow(
      "Parameter 'Stage' must be one of AllowedValues",
    );
  });
});
