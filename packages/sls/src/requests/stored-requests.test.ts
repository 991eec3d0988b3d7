import { isDict, toPlain, type Dict } from '@brine/common';
import { createStateWorld, type StateWorld } from '@brine/testkit';
import { expect, test } from 'vitest';
import type { PauseMarks, PauseStore } from '../run/pause-gate.ts';
import type { RequestStore } from './stored-requests.ts';

const files = {
  'base/top.sls': "base:\n  '*': [web]\n",
  'base/web.sls': 'a: {world.run: []}\nb: {world.run: []}\n',
};

function keptIn(): RequestStore {
  let kept: Dict = new Map();
  return {
    read: () => Promise.resolve(kept),
    write: (requests) => Promise.resolve(void (kept = requests)),
  };
}

function worldOf(): StateWorld {
  return createStateWorld({ files, ports: { requests: keptIn() } });
}

async function kept(world: StateWorld): Promise<unknown> {
  const { value } = await world.request('check_request');
  if (!isDict(value)) return value;
  return [...value].map(([name, request]) => {
    const { mods, kwargs } = toPlain(request) as { mods: unknown; kwargs: unknown };
    return [name, mods, kwargs];
  });
}

test('a request is foretold and kept, run once, and then forgotten', async () => {
  const world = worldOf();
  expect((await world.request('request', ['web'], { exclude: [{ id: 'b' }] })).retcode).toBe(0);
  expect([world.trace, await kept(world)]).toEqual([[], [['default', 'web', { exclude: [{ id: 'b' }], test: true }]]]);
  expect((await world.request('run_request')).retcode).toBe(0);
  expect([world.trace, await kept(world)]).toEqual([['a'], []]);
  expect(await world.request('run_request')).toEqual({ value: new Map(), retcode: 0 });
  expect(world.trace).toEqual(['a']);
});

test('requests have names, and what runs one may add arguments', async () => {
  const world = worldOf();
  await world.request('request', [], { name: 'one' });
  await world.request('request', ['web'], { name: 'two' });
  expect((await world.request('clear_request', ['three'])).value).toBe(false);
  await world.request('run_request', ['two'], { test: true });
  expect([world.trace, await kept(world)]).toEqual([[], [['one', null, { name: 'one', test: true }]]]);
  expect((await world.request('check_request', ['two'])).value).toEqual(new Map());
  expect((await world.request('clear_request')).value).toBe(true);
  expect((await world.request('clear_request', ['three'])).value).toBe(true);
  expect(await kept(world)).toEqual([]);
});

test('requests and pauses are refused where nothing can keep them, and for what is no job id', async () => {
  const world = createStateWorld({ files });
  await expect(world.request('request')).rejects.toMatchObject({ message: 'state requests cannot be kept here' });
  const jid = '20260101000000000000';
  await expect(world.request('pause', [jid])).rejects.toMatchObject({ message: 'state runs cannot be paused here' });
  const { pauses } = pausesOf();
  const able = createStateWorld({ files, ports: { pauses } });
  await expect(able.request('soft_kill', ['../../x'])).rejects.toMatchObject({ code: 'state-argument' });
  await expect(able.request('pause', [jid, 'a', 'soon'])).rejects.toMatchObject({
    message: "duration must be a number of seconds, not 'soon'",
  });
});

test('marks are set, listed and taken back by step and by run', async () => {
  const { pauses, all } = pausesOf();
  const world = createStateWorld({ files, ports: { pauses } });
  const [first, second] = ['20260101000000000001', '20260101000000000002'];
  await world.request('pause', [first, 'a', 20]);
  await world.request('pause', [first]);
  await world.request('soft_kill', [second, 'b']);
  const listed = { [first]: { a: { duration: 20 }, __all__: {} }, [second]: { b: { kill: true } } };
  expect(toPlain((await world.request('get_pauses')).value)).toEqual(listed);
  await world.request('resume', [first, 'a']);
  expect(toPlain((await world.request('get_pauses', [first])).value)).toEqual({ [first]: { __all__: {} } });
  await world.request('resume', [first]);
  expect([...all.keys()]).toEqual([second]);
});

function pausesOf(): { readonly pauses: PauseStore; readonly all: ReadonlyMap<string, PauseMarks> } {
  const all = new Map<string, PauseMarks>();
  const pauses: PauseStore = {
    read: (jid) => Promise.resolve(all.get(jid) ?? new Map()),
    write: (jid, marks) => {
      if (marks.size === 0) all.delete(jid);
      else all.set(jid, marks);
      return Promise.resolve();
    },
    list: () => Promise.resolve([...all.keys()]),
  };
  return { pauses, all };
}
