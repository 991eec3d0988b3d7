import { AppError, toPlain, type Plain, type Value } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

interface Sent {
  readonly path: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

function machine(): FakeHost {
  return createFakeHost({
    files: {
      '/etc/fstab': 'none\n',
      '/etc/mtab': { link: '/etc/fstab' },
      '/etc/d/a.conf': 'A',
      '/etc/d/e/b.conf': 'B',
      '/etc/d/c': '',
    },
  });
}

/** Calls a function; answers its value and, by place, what came to the master. */
async function call(name: string, positional: Plain[], keyword: Record<string, Plain> = {}, refusal?: string) {
  const host = machine();
  const received = new Map<string, string>();
  const request = async (verb: string, body: Value): Promise<Value> => {
    expect(verb).toBe('file.push');
    if (refusal !== undefined) throw new AppError({ code: refusal, message: 'no' });
    const { path, offset, bytes } = toPlain(body) as Sent;
    const before = received.get(path)?.slice(0, offset) ?? '';
    received.set(path, before + Buffer.from(bytes).toString());
    return null;
  };
  const { value } = await callScratch(`cp.${name}`, { host, positional, keyword, context: { master: { request } } });
  return { value, received: Object.fromEntries(received), host };
}

describe('cp.push', () => {
  it('sends a file under its path, or another', async () => {
    expect(await call('push', ['/etc/fstab'])).toMatchObject({ value: true, received: { 'etc/fstab': 'none\n' } });
    expect(await call('push', ['/etc/mtab'])).toMatchObject({ received: { 'etc/fstab': 'none\n' } });
    expect(await call('push', ['/etc/mtab'], { keep_symlinks: true })).toMatchObject({
      received: { 'etc/mtab': 'none\n' },
    });
    expect(await call('push', ['/etc/fstab'], { upload_path: '/new/fstab' })).toMatchObject({
      received: { 'new/fstab': 'none\n' },
    });
  });

  it('removes the file when asked, and only when the master has it', async () => {
    const sent = await call('push', ['/etc/fstab'], { remove_source: true });
    expect(await sent.host.files.stat('/etc/fstab')).toBeUndefined();
    const refused = await call('push', ['/etc/fstab'], { remove_source: true }, 'file-recv-off');
    expect(refused.value).toBe(false);
    expect(await refused.host.files.stat('/etc/fstab')).toBeDefined();
  });

  it.each([['etc/fstab'], ['/etc/../etc/fstab'], ['/etc'], ['/none']])('answers false for %s', async (path) => {
    expect(await call('push', [path])).toMatchObject({ value: false, received: {} });
  });

  it('lets other errors be seen', async () => {
    await expect(call('push', ['/etc/fstab'], {}, 'bus-disconnected')).rejects.toMatchObject({
      code: 'bus-disconnected',
    });
  });
});

describe('cp.push_dir', () => {
  it('sends what is below a folder, or what matches', async () => {
    const all = { 'etc/d/a.conf': 'A', 'etc/d/c': '', 'etc/d/e/b.conf': 'B' };
    expect(await call('push_dir', ['/etc/d/'])).toMatchObject({ value: true, received: all });
    expect((await call('push_dir', ['/etc/d'], { glob: '*.conf', upload_path: '/x' })).received).toEqual({
      'x/a.conf': 'A',
      'x/e/b.conf': 'B',
    });
    expect((await call('push_dir', ['/etc/d'], { glob: '*.none' })).value).toBe(false);
    expect((await call('push_dir', ['/etc/fstab'])).received).toEqual({ 'etc/fstab': 'none\n' });
  });
});
