import { toValue, type Dict, type Plain, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { callFunction, type FunctionAnswer } from './call-function.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import { functionTable } from './table.ts';

function call(name: string, positional: readonly Value[] = [], keyword: Plain = {}): Promise<FunctionAnswer> {
  return callFunction({
    table: { functions: functionTable },
    name,
    positional,
    keyword: toValue(keyword) as Dict,
    context: createScratchContext({}),
  });
}

describe('callFunction', () => {
  it('answers the value of the function', async () => {
    expect(await call('test.echo', ['a'])).toEqual({ value: 'a', retcode: 0, outputter: undefined });
    expect(await call('test.echo', [], { text: 'b' })).toEqual({ value: 'b', retcode: 0, outputter: undefined });
  });

  it('says that an unknown function is not available, and which one is meant', async () => {
    expect(await call('test.pinng')).toEqual({
      value: "'test.pinng' is not available. Did you mean 'test.ping'?",
      retcode: 1,
      outputter: 'nested',
    });
    expect((await call('nginxx.reload_all')).value).toBe("'nginxx.reload_all' is not available.");
    expect((await call('constructor')).value).toBe("'constructor' is not available.");
  });

  it('words arguments that do not fit as Python does', async () => {
    const texts = await Promise.all([
      call('test.echo'),
      call('test.echo', ['a', 'b', 'c']),
      call('test.echo', ['a'], { text: 'b' }),
      call('test.exception', ['a', 'b']),
      call('test.sleep', ['soon']),
      call('test.echo', ['a'], { volume: 11, txet: 1 }),
    ]);
    expect(texts.map((answer) => [answer.value, answer.retcode])).toEqual([
      ["Passed invalid arguments to test.echo: missing 1 required positional argument: 'text'", 1],
      ['Passed invalid arguments to test.echo: takes 1 positional argument but 3 were given', 1],
      ["Passed invalid arguments to test.echo: got multiple values for argument 'text'", 1],
      ['Passed invalid arguments to test.exception: takes from 0 to 1 positional arguments but 2 were given', 1],
      ["Passed invalid arguments to test.sleep: 'length' must be a number", 1],
      ['The following keyword arguments are not valid: volume=11, txet=1', 1],
    ]);
  });

  it('offers the nearest argument for an unknown keyword', async () => {
    expect((await call('test.echo', ['a'], { txet: 1 })).value).toBe(
      "The following keyword arguments are not valid: txet=1 (did you mean 'text'?)",
    );
  });

  it('leaves out, for some functions, arguments they do not have', async () => {
    expect((await call('grains.item', ['none'], { colour: 'red' })).value).toEqual(new Map([['none', '']]));
  });

  it('leaves out what a publisher adds, and null for an argument that has a default', async () => {
    expect((await call('test.echo', ['a'], { __pub_jid: '1' })).value).toBe('a');
    expect((await call('test.retcode', [null])).retcode).toBe(42);
  });

  it('turns a failure into an answer', async () => {
    expect(await call('test.exception', ['the cat ate the cable'])).toEqual({
      value: 'ERROR: the cat ate the cable',
      retcode: 1,
      outputter: 'nested',
    });
  });

  it('tells the exit status the function set', async () => {
    expect(await call('test.retcode', [7])).toEqual({ value: true, retcode: 7, outputter: undefined });
  });

  it('takes a dict whose result or success is false for a failure, and plain false for none', async () => {
    const answers = await Promise.all([
      call('test.outputter', [toValue({ result: false })]),
      call('test.outputter', [toValue({ success: false, result: true })]),
      call('test.outputter', [toValue({ result: true })]),
      call('test.false'),
    ]);
    expect(answers.map((answer) => answer.retcode)).toEqual([1, 1, 0, 0]);
  });

  it('tells apart positional arguments left over and unknown keywords where a function takes both', async () => {
    const { value } = await call('test.arg', [1, 'two'], { txt: 'hello' });
    expect(value).toEqual(toValue({ args: [1, 'two'], kwargs: { txt: 'hello' } }));
  });
});
