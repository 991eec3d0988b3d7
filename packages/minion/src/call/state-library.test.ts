import { createLogger, type Value } from '@brine/common';
import { createLocalHost, stateTable } from '@brine/modules';
import type { ModuleContext } from '@brine/modules/kit';
import type { Step, StepContext } from '@brine/sls';
import { expect, it } from 'vitest';
import { createStateLibrary } from './state-library.ts';

function faultsOf(fun: string, given: Readonly<Record<string, Value>>): Promise<unknown> {
  const library = createStateLibrary({
    table: { states: stateTable },
    host: createLocalHost(),
    moduleContext: () => {
      throw new Error('nothing is to be looked at');
    },
  });
  return library.validate(stepOf(fun, given));
}

function stepOf(fun: string, given: Readonly<Record<string, Value>>): Step {
  const [state = '', name = ''] = fun.split('.');
  return {
    chunk: new Map<Value, Value>([...Object.entries(given), ['state', state], ['fun', name], ['order', 1]]),
    tag: '',
    state,
    fun: name,
    id: 'x',
    name: 'x',
    sls: 's',
    saltenv: 'base',
    order: 1,
    span: undefined,
    argumentSpans: new Map(),
  };
}

it('finds arguments that are missing, unknown or of the wrong type, without looking at the machine', async () => {
  expect(await faultsOf('file.append', { name: '/x', txet: 'y' })).toEqual([
    {
      argument: 'txet',
      summary: "'txet' is an invalid keyword argument for 'file.append'",
      help: "did you mean 'text'?",
    },
  ]);
  expect(await faultsOf('file.managed', { name: '/x', makedirs: 'maybe' })).toEqual([
    { argument: 'makedirs', summary: "The argument 'makedirs' of file.managed must be true or false" },
  ]);
  expect(await faultsOf('file.append', {})).toEqual([
    { argument: 'name', summary: 'Missing parameter name for state file.append' },
  ]);
});

it('doubts what a state that takes anything was hardly meant to get', async () => {
  expect(await faultsOf('file.managed', { name: '/x', moed: '0644', custom: 1 })).toEqual([
    {
      argument: 'moed',
      summary: "'moed' means nothing to 'file.managed'",
      help: "did you mean 'mode'?",
      isDoubt: true,
    },
  ]);
});

it('doubts a requisite that is misspelled, in a run too', async () => {
  const given = { name: 'x', requires: [] };
  const doubt = {
    argument: 'requires',
    summary: "'requires' means nothing to 'test.nop'",
    help: "did you mean 'require'?",
  };
  expect(await faultsOf('test.nop', given)).toEqual([{ ...doubt, isDoubt: true }]);
  expect(await faultsOf('host.present', { name: 'x', ip: '10.0.0.1', onchange: [] })).toEqual([
    {
      argument: 'onchange',
      summary: "'onchange' is an invalid keyword argument for 'host.present'",
      help: "did you mean 'onchanges'?",
    },
  ]);
  const told: unknown[] = [];
  const library = createStateLibrary({
    table: { states: stateTable },
    host: createLocalHost(),
    moduleContext: () =>
      ({ log: createLogger((level, message, data) => void told.push([level, message, data])) }) as ModuleContext,
  });
  const context = { signal: new AbortController().signal, requiredSteps: [] } as unknown as StepContext;
  const span = { file: 'site.sls', line: 4, column: 5 };
  await library.check({ ...stepOf('test.nop', given), argumentSpans: new Map([['requires', span]]) }, context);
  const problem = `${doubt.summary}; ${doubt.help}`;
  const text = 'a state was given an argument that it does not have';
  expect(told).toEqual([['warn', text, { id: 'x', problem, file: 'site.sls', line: 4 }]]);
});

it('takes requisites for granted, and slots for whatever they will give', async () => {
  const slot = '__slot__:salt:config.get(x)';
  expect(await faultsOf('file.managed', { name: '/x', makedirs: slot, require: [], retry: new Map() })).toEqual([]);
});

it('leaves a state that does not exist to whoever describes it', async () => {
  expect(await faultsOf('file.mangaed', { name: '/x' })).toEqual([]);
});

it('has secret arguments hidden before anything is told of a step', async () => {
  const hidden: string[] = [];
  const library = createStateLibrary({
    table: { states: stateTable },
    host: createLocalHost(),
    moduleContext: () => {
      throw new Error('nothing is to be looked at');
    },
    keepSecret: async (text) => void hidden.push(text),
  });
  const step = stepOf('rabbitmq_user.present', { name: 'ann', password: 'tr0ub4dor' });
  await library.validate(step);
  expect(hidden).toEqual(['tr0ub4dor']);
  const context = { signal: new AbortController().signal } as unknown as StepContext;
  await expect(library.check(step, context)).rejects.toThrow('nothing is to be looked at');
  expect(hidden).toEqual(['tr0ub4dor', 'tr0ub4dor']);
});
