import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordLog } from './record-log-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-log-'));
  file = path.join(folder, 'jobs', 'journal');
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (records: readonly Uint8Array[]): string[] => records.map((record) => new TextDecoder().decode(record));

async function write(...records: string[]): Promise<void> {
  const { log } = await openRecordLog(file);
  await Promise.all(records.map((record) => log.append(bytes(record))));
  await log.close();
}

async function read(): Promise<{ records: string[]; damagedBytes: number }> {
  const { log, records, damagedBytes } = await openRecordLog(file);
  await log.close();
  return { records: texts(records), damagedBytes };
}

describe('openRecordLog', () => {
  it('gives back what was appended, in order, across openings', async () => {
    await write('one', 'two');
    await write('three', '');
    expect(await read()).toEqual({ records: ['one', 'two', 'three', ''], damagedBytes: 0 });
  });

  it('keeps records away from other users', async () => {
    await write('one');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('loses only the record in which a bit is flipped', async () => {
    await write('first', 'second', 'third');
    const content = fs.readFileSync(file);
    content[16 + 5 + 16 + 2] = (content[16 + 5 + 16 + 2] ?? 0) ^ 1;
    fs.writeFileSync(file, content);
    expect(await read()).toEqual({ records: ['first', 'third'], damagedBytes: 22 });
    expect(await read()).toEqual({ records: ['first', 'third'], damagedBytes: 0 });
    expect(fs.readFileSync(`${file}.damaged`)).toHaveLength(22);
  });

  it('keeps every whole record wherever the file was cut off', async () => {
    await write('first', 'second', 'third');
    const whole = fs.readFileSync(file);
    const ends = [21, 43, 64];
    for (let length = 0; length <= whole.length; length += 1) {
      fs.writeFileSync(file, whole.subarray(0, length));
      const expected = ['first', 'second', 'third'].slice(0, ends.filter((end) => end <= length).length);
      expect((await read()).records).toEqual(expected);
    }
  });

  it('appends behind what replaced the file', async () => {
    await write('old');
    const { log } = await openRecordLog(file);
    await log.replace([bytes('new')]);
    await log.append(bytes('newer'));
    await log.close();
    expect((await read()).records).toEqual(['new', 'newer']);
  });

  it('says which file cannot be used', async () => {
    fs.writeFileSync(path.join(folder, 'jobs'), '');
    await expect(openRecordLog(file)).rejects.toMatchObject({
      code: 'journal-unwritable',
      message: expect.stringContaining(file) as string,
    });
  });
});
