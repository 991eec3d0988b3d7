import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobEvent, JobRequest } from '@brine/api';
import type { Value } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeMaster, type FakeMaster } from './fake-master.ts';

const pieceLength = 1024 * 1024;
let folder: string;
let master: FakeMaster;
let requests: JobRequest[];
/** What a minion answers to the piece of a number. */
let answerOf: (minion: string, number: number) => Value;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brine-copy-'));
  requests = [];
  answerOf = () => true;
  master = await createFakeMaster({
    jobs: {
      resolve: () => ['a', 'b'],
      submit: async (request) => {
        requests.push(request);
        return { jid: `2026010100000000000${requests.length}`, minions: minionsOf(request) };
      },
      async *follow(jid): AsyncIterable<JobEvent> {
        const request = requests.at(-1);
        const minions = request === undefined ? [] : minionsOf(request);
        yield { kind: 'submitted', jid, minions };
        for (const minion of minions) {
          const value = answerOf(minion, requests.length);
          yield { kind: 'return', minion, jid, fun: 'cp', status: 'ok', value, retcode: value === true ? 0 : 1 };
        }
        yield { kind: 'end' };
      },
    },
  });
});

afterEach(async () => {
  await master.end();
  rmSync(folder, { recursive: true });
});

const minionsOf = ({ target }: JobRequest): readonly string[] => target.expression.split(',');

describe('salt-cp --chunked', () => {
  it('sends pieces of 1 MiB, each with what the whole is like', async () => {
    const file = join(folder, 'large');
    writeFileSync(file, Buffer.alloc(2 * pieceLength + 5, 1), { mode: 0o640 });
    const { status, stdout } = await master.run('salt-cp', ['-C', '-n', '--out', 'json', '*', file, '/d/large']);
    expect({ status, answer: JSON.parse(stdout) as unknown }).toEqual({
      status: 0,
      answer: { a: { '/d/large': true }, b: { '/d/large': true } },
    });
    const sent = requests.map(({ fun, positional, keyword }) => {
      const [dest, chunk, ...rest] = positional;
      return { fun, dest, length: (chunk as Uint8Array).length, rest, size: keyword.get('size') };
    });
    const same = { fun: 'cp.recv_chunked', dest: '/d/large', size: 2 * pieceLength + 5 };
    expect(sent).toEqual([
      { ...same, length: pieceLength, rest: [false, false, 0o640] },
      { ...same, length: pieceLength, rest: [true, false, 0o640] },
      { ...same, length: 5, rest: [true, false, 0o640] },
    ]);
  });

  it('sends nothing more of a file to a minion that failed on it', async () => {
    const file = join(folder, 'large');
    writeFileSync(file, Buffer.alloc(2 * pieceLength));
    answerOf = (minion, number) => (minion === 'a' && number === 1 ? 'No space left on device' : true);
    const { status, stdout, stderr } = await master.run('salt-cp', ['-C', '*', file, '/d/']);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout:
        'a:\n    ----------\n    /d/large:\n        No space left on device\nb:\n    ----------\n    /d/large:\n        True\n',
      stderr: 'ERROR: Not everything was copied\n',
    });
    expect(requests.map(minionsOf)).toEqual([['a', 'b'], ['b']]);
  });

  it('sends an empty file as one empty piece', async () => {
    const file = join(folder, 'empty');
    writeFileSync(file, '');
    expect((await master.run('salt-cp', ['-C', '-n', '*', file, '/d/empty'])).status).toBe(0);
    expect(requests.map(({ positional }) => (positional[1] as Uint8Array).length)).toEqual([0]);
  });
});

describe('salt-cp without --chunked', () => {
  it('refuses more than 8 MiB together', async () => {
    const file = join(folder, 'large');
    writeFileSync(file, Buffer.alloc(8 * pieceLength + 1));
    expect(await master.run('salt-cp', ['*', file, '/d/'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'salt-cp: the files are larger than 8 MiB together; use --chunked\n',
    });
    expect(requests).toEqual([]);
  });

  it('refuses a Saltfile that is not there with status 64', async () => {
    expect(await master.run('salt-cp', ['--saltfile', '/nowhere/Saltfile', '*', '/etc/hostname', '/d/'])).toEqual({
      status: 64,
      stdout: '',
      stderr: 'salt-cp: the Saltfile /nowhere/Saltfile does not exist\n',
    });
  });
});
