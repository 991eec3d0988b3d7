import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dict, Plain, Value } from '@brine/common';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { createLocalHost } from '../../host/local/local-host.ts';
import type { CommandRequest, Host } from '../../kit/host.ts';

it('reads and sets real labels of files, and puts them into the policy', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brine-label-'));
  const path = join(folder, 'a.conf');
  const persisted: CommandRequest['command'][] = [];
  const local = createLocalHost();
  const host: Host = {
    ...local,
    run: (request) => {
      if (!Array.isArray(request.command) || request.command[0] !== 'semanage') return local.run(request);
      persisted.push(request.command);
      return local.run({ ...request, command: ['true'] });
    },
  };
  const call = async (name: string, positional: Plain[], keyword: Record<string, Plain> = {}) =>
    (await callScratch(`file.${name}`, { host, positional, keyword })).value;
  const saidOf = async (label: Record<string, Plain>): Promise<Value | undefined> => {
    const [told] = (await call('check_perms', [path, null, null, null, null], label)) as [Dict];
    return told.get('comment');
  };
  try {
    await writeFile(path, 'x\n', { mode: 0o644 });
    expect(await call('get_selinux_context', [path])).toBe(`No selinux context information is available for ${path}`);
    expect(await saidOf({ setype: 'var_t' })).toBe('Failed to get selinux attributes');
    await local.run({ command: ['chcon', 'system_u:object_r:etc_t:s0:c1', path] });
    expect(await call('get_selinux_context', [path])).toBe('system_u:object_r:etc_t:s0:c1');
    expect(
      await call('check_file_meta', [path, '', null, null, null, null, null, null, 'base'], { setype: 'a_t' }),
    ).toEqual(
      new Map([
        [
          'selinux',
          new Map([
            ['Old', 'Type: etc_t'],
            ['New', 'Type: a_t'],
          ]),
        ],
      ]),
    );
    expect(await saidOf({ serange: 's0' })).toBe(`The file ${path} is set to be changed`);
    expect(await call('set_selinux_context', [path], { user: 'root', type: 'var_t' })).toBe('root:object_r:var_t:s0');
    expect(await call('set_selinux_context', [path])).toBe(false);
    expect(persisted).toEqual([
      ['semanage', 'fcontext', '--add', '--type', 'etc_t', '--range', 's0', path.replace('.conf', String.raw`\.conf`)],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
