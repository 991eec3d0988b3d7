/// <reference types="node" />
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalFiles } from './local-files.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jinja-files-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'a.txt'), 'hello');
  writeFileSync(join(folder, 'tool'), '#!/bin/sh\n');
  chmodSync(join(folder, 'tool'), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('createLocalFiles', () => {
  const files = createLocalFiles();

  it('reads files, whole or their start', () => {
    const path = join(folder, 'sub', 'a.txt');
    expect(files.read(path)).toEqual(new Uint8Array(Buffer.from('hello')));
    expect(files.read(path, 2)).toEqual(new Uint8Array(Buffer.from('he')));
    expect(files.read(path, 100)?.length).toBe(5);
    expect([files.size(path), files.isFile(path), files.isFile(folder)]).toEqual([5, true, false]);
  });

  it('lists everything below a folder', () => {
    expect([...files.list(folder)].sort()).toEqual(['sub', 'sub/a.txt', 'tool'].map((name) => join(folder, name)));
  });

  it('answers nothing for what does not exist', () => {
    const path = join(folder, 'none');
    expect([files.read(path), files.size(path), files.isFile(path), files.list(path)]).toEqual([
      undefined,
      undefined,
      false,
      [],
    ]);
    expect([files.which('no-such-program-here'), files.userId('no-such-user')]).toEqual([undefined, undefined]);
  });

  it('finds programs and users', () => {
    expect(files.which(join(folder, 'tool'))).toBe(join(folder, 'tool'));
    expect(files.which('sh')).toMatch(/\/sh$/);
    expect([files.userId('root'), files.userId()]).toEqual([0, process.geteuid?.()]);
  });
});
