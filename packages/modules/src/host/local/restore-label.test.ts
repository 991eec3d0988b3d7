import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommandRequest, CommandResult } from '../../kit/index.ts';
import { restoreLabel } from './restore-label.ts';

it.each([
  { mode: '1', commands: [['restorecon', '--', '/etc/a']] },
  { mode: '0', commands: [] },
])('restores labels when the kernel says $mode', async ({ mode, commands }) => {
  const folder = await mkdtemp(join(tmpdir(), 'brine-label-'));
  const started: CommandRequest['command'][] = [];
  const run = ({ command }: CommandRequest): Promise<CommandResult> => {
    started.push(command);
    return Promise.reject(new Error('no such program'));
  };
  try {
    await writeFile(join(folder, 'enforce'), mode);
    await restoreLabel('/etc/a', run, join(folder, 'enforce'));
    await restoreLabel('/etc/b', run, join(folder, 'missing'));
    expect(started).toEqual(commands);
  } finally {
    await rm(folder, { recursive: true });
  }
});
