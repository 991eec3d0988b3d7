import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pythonStr, silentLogger, toValue, type Dict, type Plain } from '@brine/common';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLocalHost } from '../host/local/local-host.ts';
import type { BeaconContext, BeaconProbe } from './beacon.ts';
import { inotify } from './inotify.ts';

let folder: string;
let probe: BeaconProbe;
let config: Dict;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'inotify-'));
});

afterEach(() => {
  probe.close?.();
  rmSync(folder, { recursive: true, force: true });
});

const at = (...names: readonly string[]): string => path.join(folder, ...names);

/** Begins to watch, with the kernel's own events unless there is to be none. */
async function begin(files: Readonly<Record<string, Plain>>, canWatch = true): Promise<void> {
  const context: Partial<BeaconContext> = {
    host: createLocalHost(),
    log: silentLogger,
    watch: (place, onEvent) => {
      if (!canWatch) throw new Error('ENOSPC');
      return watch(place, { persistent: false }, (_event, name) => onEvent(name ?? undefined));
    },
  };
  probe = inotify.create(context as BeaconContext);
  config = toValue({ files }) as Dict;
  expect(await probe.look(config)).toEqual([]);
}

/** What is told from now on, until all of it was. */
async function told(...wanted: readonly string[]): Promise<void> {
  const seen: string[] = [];
  await expect
    .poll(
      async () => {
        for (const event of await probe.look(config))
          seen.push(
            `${pythonStr(event.get('change') ?? '')} ${pythonStr(event.get('path') ?? '').slice(folder.length)}`,
          );
        return seen.toSorted();
      },
      { timeout: 10_000 },
    )
    .toEqual(wanted.toSorted());
}

it('goes on with a folder that was removed and made again, whatever the mask', async () => {
  mkdirSync(at('sub'));
  writeFileSync(at('sub', 'file'), 'a');
  await begin({ [folder]: { mask: ['modify'], recurse: true, auto_add: true } });
  for (const text of ['one', 'more']) {
    rmSync(at('sub'), { recursive: true });
    mkdirSync(at('sub'));
    writeFileSync(at('sub', 'file'), `${text} a`);
    await expect(told('IN_MODIFY /sub/file')).resolves.toBeUndefined();
    await expect(told()).resolves.toBeUndefined();
    writeFileSync(at('sub', 'file'), `${text} and another`);
    await expect(told('IN_MODIFY /sub/file')).resolves.toBeUndefined();
  }
});

it('tells of what is in new folders and follows them', async () => {
  await begin({ [folder]: { mask: ['create', 'modify'], recurse: true, auto_add: true } });
  mkdirSync(at('a', 'b'), { recursive: true });
  writeFileSync(at('a', 'b', 'file'), '');
  await expect(
    told('IN_CREATE|IN_ISDIR /a', 'IN_CREATE|IN_ISDIR /a/b', 'IN_CREATE /a/b/file'),
  ).resolves.toBeUndefined();
  writeFileSync(at('a', 'b', 'file'), 'changed');
  await expect(told('IN_MODIFY /a/b/file')).resolves.toBeUndefined();
});

it('tells of renames, within and over the border of what is watched', async () => {
  mkdirSync(at('in'));
  writeFileSync(at('in', 'old'), 'a');
  writeFileSync(at('out'), 'b');
  await begin({ [at('in')]: { mask: ['moved_from', 'moved_to', 'create', 'delete'] } });
  renameSync(at('in', 'old'), at('in', 'new'));
  await expect(told('IN_MOVED_FROM /in/old', 'IN_MOVED_TO /in/new')).resolves.toBeUndefined();
  renameSync(at('out'), at('in', 'new'));
  await expect(told('IN_MOVED_TO /in/new')).resolves.toBeUndefined();
});

it('waits for a path that is not there yet, nor its folder', async () => {
  await begin({ [at('later', 'file')]: { mask: ['create', 'modify', 'delete_self'] } });
  mkdirSync(at('later'));
  writeFileSync(at('later', 'file'), 'a');
  await expect(told('IN_CREATE /later/file', 'IN_MODIFY /later/file')).resolves.toBeUndefined();
  writeFileSync(at('later', 'file'), 'changed');
  await expect(told('IN_MODIFY /later/file')).resolves.toBeUndefined();
  rmSync(at('later'), { recursive: true });
  await expect(told('IN_DELETE_SELF /later/file')).resolves.toBeUndefined();
});

it('looks by itself where the kernel has no more watches', async () => {
  writeFileSync(at('file'), 'a');
  await begin({ [folder]: { mask: ['modify', 'attrib'] } }, false);
  writeFileSync(at('file'), 'changed');
  await expect(told('IN_MODIFY /file')).resolves.toBeUndefined();
  chmodSync(at('file'), 0o600);
  await expect(told('IN_ATTRIB /file')).resolves.toBeUndefined();
});
