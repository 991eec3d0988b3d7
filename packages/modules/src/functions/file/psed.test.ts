import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

it('replaces by an expression of Python and keeps a copy', async () => {
  const host = createFakeHost({ files: { '/etc/x.conf': 'a=1\nA=2\n' } });
  const read = async (path: string) => Buffer.from((await host.files.read(path)) ?? []).toString();
  const psed = async (positional: readonly string[], keyword = {}) =>
    (await callScratch('file.psed', { positional: ['/etc/x.conf', ...positional], keyword, host })).value;
  expect(await psed(['^(a)=', '\\1:'], { flags: 'gMI' })).toBeNull();
  expect(await read('/etc/x.conf')).toBe('a:1\nA:2\n');
  expect(await read('/etc/x.conf.bak')).toBe('a=1\nA=2\n');
  await psed([':', '/'], { flags: 'M' });
  expect(await read('/etc/x.conf')).toBe('a/1\nA:2\n');
  await expect(psed(['a', 'b'], { flags: 'q' })).rejects.toThrow('none of gILMSUX');
  await expect(psed(['a', 'b'], { backup: '/../y' })).rejects.toThrow('no ending of a name');
});
