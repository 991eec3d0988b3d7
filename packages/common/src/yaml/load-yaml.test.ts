import { describe, expect, it } from 'vitest';
import { AppError } from '../app-error.ts';
import { formatProblems } from '../format-problem.ts';
import { pythonRepr } from '../python-repr.ts';
import type { Dict, Value } from '../value.ts';
import { loadYaml, type LoadYamlOptions } from './load-yaml.ts';

function read(text: string): string {
  return pythonRepr(loadYaml(text).value);
}

function failure(text: string, options: LoadYamlOptions = { file: 'web.sls' }): AppError {
  try {
    loadYaml(text, options);
  } catch (caught) {
    if (caught instanceof AppError) return caught;
    throw caught;
  }
  throw new Error('it was read');
}

describe('loadYaml', () => {
  it.each([
    ['0644', '644'],
    ['-0644', '-644'],
    ['089', "'089'"],
    ['0o17', "'0o17'"],
    ['0x1F', '31'],
    ['0b11', '3'],
    ['0_', '0'],
    ['1_000', '1000'],
    ['22:22', '1342'],
    ['1:30.5', '90.5'],
    ['1:60', "'1:60'"],
    ['12345678901234567890', '12345678901234567890'],
    ['1e3', "'1e3'"],
    ['1.0e3', "'1.0e3'"],
    ['1.5e+3', '1500.0'],
    ['1.', '1.0'],
    ['.5', '0.5'],
    ['-.inf', '-inf'],
    ['.NaN', 'nan'],
    ['yes', 'True'],
    ['Off', 'False'],
    ['y', "'y'"],
    ['yEs', "'yEs'"],
    ['~', 'None'],
    ['Null', 'None'],
    ['None', "'None'"],
    ['2020-01-01', "'2020-01-01'"],
    ['2020-01-01 10:00:00', "'2020-01-01 10:00:00'"],
    ['=', "'='"],
    ['"1"', "'1'"],
    ['', 'None'],
    ['# only a comment', 'None'],
    ['!!str 1', "'1'"],
    ['!!float 1', '1.0'],
    ['!!int "0644"', '644'],
    ['! 12', '12'],
    ['!', "''"],
    ['!!timestamp 2020-01-01', "'2020-01-01'"],
    ['!!python/unicode x', "'x'"],
    ['!!binary aGk=', "b'hi'"],
    ['!!omap [b: 1, a: 2]', "{'b': 1, 'a': 2}"],
    ['!!pairs [b: 1, b: 2]', "[['b', 1], ['b', 2]]"],
    ['!!set {b, a}', "{'b', 'a'}"],
    ['!!set {}', 'set()'],
    ['%TAG !e! tag:yaml.org,2002:\n--- !e!str 5', "'5'"],
  ])('reads %j as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('keeps the types and the order of keys', () => {
    expect(read('8080: a\non: b\n~: c\n1.5: d\n"8080": e\n')).toBe(
      "{8080: 'a', True: 'b', None: 'c', 1.5: 'd', '8080': 'e'}",
    );
  });

  it('fills in what merge keys bring before what the mapping has itself', () => {
    const text = 'a: &a {user: root, mode: 1}\nb: &b {mode: 2, owner: b}\nc:\n  own: 1\n  <<: [*a, *b]\n  user: me\n';
    const { value } = loadYaml(text);
    expect(pythonRepr((value as Dict).get('c') ?? null)).toBe("{'mode': 1, 'owner': 'b', 'own': 1, 'user': 'me'}");
  });

  it.each([
    ['a: |\n  x\n', "{'a': 'x\\n'}"],
    ['a: |\n  x', "{'a': 'x'}"],
    ['a: >+\n  x', "{'a': 'x'}"],
    ['a: |-\n  x', "{'a': 'x'}"],
    ['a: |\n  x\n ', "{'a': 'x\\n'}"],
    ['a: |\n  x\n   ', "{'a': 'x\\n '}"],
    ['a: |+\n  ', "{'a': ''}"],
  ])('adds no line break to a block that the end of the text cuts off: %j', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('takes a quoted << as an ordinary key', () => {
    expect(read('"<<": {a: 1}')).toBe("{'<<': {'a': 1}}");
  });

  it('shares what is aliased', () => {
    const dict = loadYaml('a: &x [1]\nb: *x\n').value as Dict;
    expect(dict.get('a')).toBe(dict.get('b'));
  });

  it.each([
    ['a: [\n1,\n2\n]\n', "{'a': [1, 2]}"],
    ['a: {\n"b": [\n{"c": 1},\n{"d": "it\'s ]"}\n]\n}\nz: 1\n', "{'a': {'b': [{'c': 1}, {'d': \"it's ]\"}]}, 'z': 1}"],
    ['x:\n  a: {\n\t"b": 1\n}\n  c: 2\n', "{'x': {'a': {'b': 1}, 'c': 2}}"],
    ['a:\n  b: "one\ntwo"\n  c: \'three\n\nfour\'\n', "{'a': {'b': 'one two', 'c': 'three\\nfour'}}"],
    ['- - a: [b,\nc]\n    d: e\n', "[[{'a': ['b', 'c'], 'd': 'e'}]]"],
  ])('accepts continuation lines that are not indented, as YAML 1.1 does: %j', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('reads long JSON without indentation in a few rounds', () => {
    const items = Array.from({ length: 5000 }, (_, index) => `{"n": ${index}, "t": "x"}`);
    const { value } = loadYaml(`a:\n  b: [\n${items.join(',\n')}\n]\n`);
    expect(((value as Dict).get('a') as Dict).get('b')).toHaveLength(5000);
  });
});

describe('positions of loadYaml', () => {
  const text = 'web:\n  pkg.installed:\n    - name: nginx\n    - {a: 1}\n';

  it('tell where keys and items were written', () => {
    const document = loadYaml(text, { file: 'web.sls' });
    const root = document.value as Dict;
    const web = root.get('web') as Dict;
    const list = web.get('pkg.installed') as Value[];
    expect(document.positionOf(root, 'web')).toEqual({ file: 'web.sls', line: 1, column: 1 });
    expect(document.positionOf(web, 'pkg.installed')).toEqual({ file: 'web.sls', line: 2, column: 3 });
    expect(document.positionOf(list, 1)).toEqual({ file: 'web.sls', line: 4, column: 7 });
    expect(document.positionOf(list[1] as Dict, 'a')).toEqual({ file: 'web.sls', line: 4, column: 8 });
    expect(document.positionOf(root, 'nope')).toBeUndefined();
    expect(document.positionOf(new Map(), 'web')).toBeUndefined();
  });

  it('name the original line of rendered text', () => {
    const lineOrigins = [1, 7, 8, 8].map((line) => ({ file: line === 1 ? 'top.jinja' : 'web.sls', line }));
    const document = loadYaml(text, { file: 'rendered', lineOrigins });
    const root = document.value as Dict;
    expect(document.positionOf(root, 'web')).toEqual({ file: 'top.jinja', line: 1, column: 1 });
    expect(document.positionOf(root.get('web') as Dict, 'pkg.installed')).toEqual({
      file: 'web.sls',
      line: 7,
      column: 3,
    });
  });

  it('are right after lines that had to be padded', () => {
    const document = loadYaml('a:\n  b: [\n{"c": 1}\n]\n  d: 2\n', { file: 'f' });
    const inner = (document.value as Dict).get('a') as Dict;
    const list = inner.get('b') as Value[];
    expect(document.positionOf(list[0] as Dict, 'c')).toEqual({ file: 'f', line: 3, column: 2 });
    expect(document.positionOf(inner, 'd')).toEqual({ file: 'f', line: 5, column: 3 });
  });
});

describe('errors of loadYaml', () => {
  it('name the file, line and column and quote the line', () => {
    const error = failure('a: 1\nb: c: d\n');
    expect(error.code).toBe('yaml-syntax');
    expect(error.message).toBe('mapping values are not allowed here (web.sls, line 2, column 5)');
    expect(error.problems).toEqual([
      {
        severity: 'error',
        code: 'yaml-syntax',
        summary: 'mapping values are not allowed here',
        help: "a text with ': ' needs quotes, and a nested mapping begins on a line of its own",
        span: { file: 'web.sls', line: 2, column: 5 },
        quotedLine: 'b: c: d',
      },
    ]);
    expect(formatProblems(error.problems)).toBe(
      [
        'web.sls:2:5: error: mapping values are not allowed here',
        '  line 2 | b: c: d',
        '         |     ^',
        "  help: a text with ': ' needs quotes, and a nested mapping begins on a line of its own",
      ].join('\n'),
    );
  });

  it.each([
    ['a: 1\na: 2\n', 'yaml-duplicate-key', "found conflicting ID 'a': this mapping has the key already", 2, 1],
    ['{1: a, 1.0: b}', 'yaml-duplicate-key', "found conflicting ID '1.0': this mapping has the key already", 1, 8],
    ['a: *b', 'yaml-alias', 'found undefined alias *b', 1, 4],
    ['a: &b [*b]', 'yaml-alias', 'the alias *b is inside what it names', 1, 8],
    [
      'a: !!python/object/apply:os.system [x]',
      'yaml-tag',
      'the tag !!python/object/apply:os.system is not supported',
      1,
      4,
    ],
    ['a: !vault x', 'yaml-tag', 'the tag !vault is not supported', 1, 4],
    ['a: !!int x', 'yaml-invalid-value', "'x' is not a value of the type !!int", 1, 4],
    ['a: !!seq {b: 1}', 'yaml-invalid-value', 'this mapping is not a value of the type !!seq', 1, 4],
    ['name: {{ host }}', 'yaml-invalid-value', 'a mapping cannot be a key', 1, 8],
    ['[a]: b', 'yaml-invalid-value', 'a list cannot be a key', 1, 1],
    ['<<: 1', 'yaml-invalid-value', 'expected a mapping or list of mappings for merging, but found int', 1, 5],
    ['a\n---\nb\n', 'yaml-syntax', 'expected a single document, but found another one', 2, 1],
    ['a:\n\t- b\n', 'yaml-syntax', 'a tab is used for indentation', 2, 1],
    ['a: "x\nb: 1\n', 'yaml-syntax', 'the quote " is never closed', 1, 4],
    ['a: [1, 2\nb: 3\n', 'yaml-syntax', "expected ',' or ']': the '[' that begins here is not closed", 1, 4],
    ['a: [1 2', 'yaml-syntax', "expected ',' or ']': the '[' that begins here is not closed", 1, 4],
    ['a: @b', 'yaml-syntax', "found character '@' that cannot start a value", 1, 4],
    ['a: - b', 'yaml-syntax', 'a list is not allowed here', 1, 4],
    ['a:\n- b\nc\n', 'yaml-syntax', "could not find expected ':' after this key", 3, 1],
    ['a: "b" c', 'yaml-syntax', 'unexpected text after the value', 1, 8],
    ['a: 1\nb\nc: 1\n', 'yaml-syntax', "could not find expected ':' after this key", 2, 1],
    ['a:\n  x: 1\n  y:2\n  z: 3\n', 'yaml-syntax', "could not find expected ':' after this key", 3, 3],
    ['a:\n  x: |\n    y\n  z\n', 'yaml-syntax', "could not find expected ':' after this key", 4, 3],
    ['base:\n  *:\n    - web\n', 'yaml-syntax', 'a key cannot begin with *', 2, 3],
    ['*.example.com: web\n', 'yaml-syntax', 'a key cannot begin with *', 1, 1],
  ])('say what is wrong with %j', (text, code, summary, ...[line, column]) => {
    const [problem] = failure(text).problems;
    expect({ ...problem, help: undefined, quotedLine: undefined }).toEqual({
      severity: 'error',
      code,
      summary,
      span: { file: 'web.sls', line, column },
    });
  });

  it('hint at Jinja that was not rendered', () => {
    expect(failure('{% if x %}\na: 1\n').problems[0]?.help).toBe(
      'this looks like Jinja that was not rendered; text with braces needs quotes',
    );
  });

  it('stop at the depth limit', () => {
    expect(failure('['.repeat(200)).code).toBe('yaml-too-deep');
    expect(failure('a: {b: {c: 1}}', { maxDepth: 2 }).code).toBe('yaml-too-deep');
  });

  it('stop aliases that expand without bounds', () => {
    const bomb = Array.from({ length: 9 }, (_, level) => {
      const item = level === 0 ? '1' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
    });
    const error = failure(bomb.join('\n'));
    expect([error.code, error.problems[0]?.summary]).toEqual([
      'yaml-alias',
      'aliases make this text larger than 1000000 nodes',
    ]);
  });
});
