import { toFloat, toValue, type Dict, type Plain } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fileMode, flag, integer, lineText, optional, text, textList, unsupported, withDefault } from './arguments.ts';
import { bindStateArguments } from './bind-state-arguments.ts';
import { defineState, isOk } from './define-state.ts';
import { describeArguments } from './describe-arguments.ts';

const declaration = defineState({
  name: 'demo.present',
  summary: 'Shows arguments.',
  args: z.object({
    name: text().describe('The name.'),
    value: text().describe('A value.'),
    mode: optional(fileMode()).describe('A mode.'),
    count: withDefault(integer(), 1).describe('A number.'),
    tags: optional(textList()).describe('Texts.'),
    force: withDefault(flag(), false).describe('A flag.'),
    attrs: unsupported('attributes'),
  }),
  examples: ['x'],
  check: async () => isOk(''),
});

function bind(chunk: Readonly<Record<string, Plain>>): unknown {
  return bindStateArguments(declaration, toValue(chunk) as Dict).args;
}

describe('state arguments', () => {
  it('read loosely typed values, leave out what the engine owns and fill in defaults', () => {
    const chunk = {
      name: 'n',
      value: toFloat(1),
      mode: 644,
      count: '2',
      tags: 'one',
      state: 'demo',
      fun: 'present',
      order: 1,
      require: [],
      __id__: 'x',
    };
    expect(bind(chunk)).toEqual({ name: 'n', value: '1.0', mode: 0o644, count: 2, tags: ['one'], force: false });
  });

  it('take null for not given', () => {
    expect(bind({ name: 'n', value: 'v', mode: null, count: null, tags: null })).toEqual({
      name: 'n',
      value: 'v',
      count: 1,
      force: false,
    });
  });

  it('name every argument that is missing, unknown or wrong, with what was meant', () => {
    expect(() => bind({ name: 'n', mode: '888', tagz: 'x', attrs: 'i' })).toThrow(
      [
        'Missing parameter value for state demo.present',
        "The argument 'mode' of demo.present must be an octal mode such as '0644'",
        "The argument 'attrs' of demo.present is not supported: attributes",
        "'tagz' is an invalid keyword argument for 'demo.present' (did you mean 'tags'?)",
      ].join('\n'),
    );
  });

  it('describe themselves', () => {
    expect(describeArguments(declaration.args).slice(0, 4)).toEqual([
      { name: 'name', required: true, description: 'The name.' },
      { name: 'value', required: true, description: 'A value.' },
      { name: 'mode', required: false, description: 'A mode.' },
      { name: 'count', required: false, default: 1, description: 'A number.' },
    ]);
  });
});

describe('kinds of arguments', () => {
  it('file modes are octal however they are written', () => {
    expect([644, '644', '0644', '0o644', '4755'].map((mode) => fileMode().parse(mode))).toEqual([
      0o644, 0o644, 0o644, 0o644, 0o4755,
    ]);
  });

  it('names on one line have no line break and no NUL', () => {
    expect(lineText().safeParse('a\nb').success).toBe(false);
    expect(lineText().safeParse('a\0b').success).toBe(false);
  });

  it('flags take the words of YAML', () => {
    expect(['yes', 'Off', 1, 0, true, 'None'].map((value) => flag().parse(value))).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(flag().safeParse('maybe').success).toBe(false);
  });
});
