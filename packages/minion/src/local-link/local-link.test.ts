import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError, silentLogger } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDaemonLink } from './daemon-link.ts';
import { serveLink, type LinkServer } from './link-server-store.ts';

let folder: string;
let file: string;
let server: LinkServer | undefined;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-link-'));
  file = path.join(folder, 'sock', 'minion.sock');
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  fs.rmSync(folder, { recursive: true, force: true });
});

async function connect() {
  const link = await connectDaemonLink(file);
  if (link === undefined) throw new Error('no daemon listens');
  return link;
}

describe('the local link', () => {
  it('carries requests and answers, in whatever order they come', async () => {
    const held: (() => void)[] = [];
    server = await serveLink(
      file,
      async (verb, body) => {
        if (verb === 'slow') await new Promise<void>((resolve) => held.push(resolve));
        return new Uint8Array([...body, verb.length]);
      },
      silentLogger,
    );
    const link = await connect();
    const slow = link.request('slow', new Uint8Array([1]));
    expect(await link.request('quick', new Uint8Array([2]))).toEqual(new Uint8Array([2, 5]));
    for (const resolve of held) resolve();
    expect(await slow).toEqual(new Uint8Array([1, 4]));
    link.close();
  });

  it('carries large bodies whole', async () => {
    server = await serveLink(file, async (_verb, body) => body, silentLogger);
    const link = await connect();
    const body = new Uint8Array(3_000_000).fill(7);
    expect(Buffer.from(await link.request('echo', body)).equals(body)).toBe(true);
    link.close();
  });

  it('passes on the code and words of catalogued errors, and nothing of others', async () => {
    server = await serveLink(
      file,
      async (verb) => {
        throw verb === 'known'
          ? new AppError({ code: 'file-not-found', message: 'no such file' })
          : new Error('secret');
      },
      silentLogger,
    );
    const link = await connect();
    await expect(link.request('known', new Uint8Array())).rejects.toMatchObject({
      code: 'file-not-found',
      message: 'no such file',
    });
    await expect(link.request('other', new Uint8Array())).rejects.toMatchObject({
      code: 'bus-remote',
      message: 'the master failed to answer',
    });
    link.close();
  });

  it('fails what is under way when the daemon goes', async () => {
    const asked = new Promise<void>((resolve) => {
      void serveLink(
        file,
        () => {
          resolve();
          return new Promise(() => {});
        },
        silentLogger,
      ).then((started) => (server = started));
    });
    while (server === undefined) await new Promise((resolve) => setImmediate(resolve));
    const link = await connect();
    const request = link.request('x', new Uint8Array());
    const failed = expect(request).rejects.toMatchObject({ code: 'link-broken' });
    await asked;
    await server.close();
    server = undefined;
    await failed;
    await expect(link.request('y', new Uint8Array())).rejects.toMatchObject({ code: 'link-broken' });
  });

  it('is open to its own user alone', async () => {
    server = await serveLink(file, async (_verb, body) => body, silentLogger);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('finds no daemon where none listens', async () => {
    expect(await connectDaemonLink(file)).toBeUndefined();
  });
});
