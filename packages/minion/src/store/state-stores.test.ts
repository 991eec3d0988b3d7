import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { toValue, type Dict } from '@brine/common';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPauseStore } from './pause-store.ts';
import { createStateRequestStore } from './state-request-store.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-marks-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

it('keeps the marks of a run until they are taken back', async () => {
  const store = createPauseStore(path.join(folder, 'pause'));
  const jid = '20260101000000000000';
  expect([[...(await store.read(jid))], await store.list()]).toEqual([[], []]);
  const marks = new Map([
    ['a', { kill: true }],
    ['__all__', { duration: 3 }],
  ]);
  await store.write(jid, marks);
  expect(await createPauseStore(path.join(folder, 'pause')).read(jid)).toEqual(marks);
  expect(await store.list()).toEqual([jid]);
  await store.write(jid, new Map());
  expect([[...(await store.read(jid))], await store.list()]).toEqual([[], []]);
});

it('keeps requests for the owner alone until they are cleared', async () => {
  const file = path.join(folder, 'cache', 'req_state.p');
  const store = createStateRequestStore(file);
  expect(await store.read()).toEqual(new Map());
  const requests = toValue({ default: { mods: 'web', kwargs: { test: true } } }) as Dict;
  await store.write(requests);
  expect(await createStateRequestStore(file).read()).toEqual(requests);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  await store.write(new Map());
  expect(fs.existsSync(file)).toBe(false);
});
