import { createRunSecrets, type Dict } from '@brine/common';
import { expect, test } from 'vitest';
import { createMasterPillarCompiler } from './pillar-keeper.ts';

test('a minion of a master gets no external pillar on demand', async () => {
  const asked: string[] = [];
  const link = {
    request: (verb: string) => {
      asked.push(verb);
      return Promise.resolve(new Uint8Array());
    },
  };
  const compile = createMasterPillarCompiler(link, createRunSecrets(), () => Promise.resolve(new Map()));
  const external: Dict = new Map([['cmd_yaml', 'cat /etc/shadow']]);
  await expect(compile({ external }, new Map())).rejects.toMatchObject({
    code: 'pillar-failed',
    message: 'The master runs no external pillar on demand of a minion: cmd_yaml belongs in its ext_pillar',
  });
  expect(asked).toEqual([]);
});
