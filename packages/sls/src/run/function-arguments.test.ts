import { isDict, toPlain, toValue } from '@brine/common';
import { expect, test } from 'vitest';
import { functionArguments } from './function-arguments.ts';

test('a function gets what it names, and what is neither a requisite nor for the engine', () => {
  const chunk = toValue({
    state: 'cmd',
    __id__: 'x',
    fun: 'run',
    name: 'ls',
    require: [],
    watch_in: [],
    unless: 'true',
    order: 1,
    runas: 'bob',
    timeout: 5,
    colour: 'blue',
  });
  const description = { argumentNames: ['name', 'runas'], acceptsUnknown: false, hasOnWatch: true };
  expect(toPlain(functionArguments(isDict(chunk) ? chunk : new Map(), description))).toEqual({
    name: 'ls',
    runas: 'bob',
    colour: 'blue',
  });
});
