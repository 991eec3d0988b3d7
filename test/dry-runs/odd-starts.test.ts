import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  isDict,
  pythonRepr,
  pythonStr,
  silentLogger,
  systemClock,
  toValue,
  type Dict,
  type Plain,
  type Value,
} from '@brine/common';
import { createCallEnvironment } from '@brine/minion';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oddStarts, targetIn } from './odd-starts.ts';
import { oddStates, type OddState } from './odd-states.ts';

const root = mkdtempSync(join(tmpdir(), 'brine-odd-'));
const beside = join(root, 'beside');
const grains = toValue({
  os_family: 'Debian',
  os: 'Debian',
  osarch: 'amd64',
  kernel: 'Linux',
  shell: '/bin/sh',
}) as Dict;

beforeAll(() => {
  mkdirSync(join(root, 'tree', 'tree', 'inner'), { recursive: true });
  writeFileSync(join(root, 'tree', 'tree', 'inner', 'file'), 'from the tree\n');
  const repository = join(root, 'repository');
  execFileSync('git', ['init', '-q', '-b', 'main', repository]);
  writeFileSync(join(repository, 'file'), 'one\n');
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words]);
  git('add', '.');
  git('commit', '-qm', 'one');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the states take from. */
function makeBeside(): void {
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(join(beside, 'tree'), { recursive: true });
  writeFileSync(join(beside, 'source'), 'one\nfrom the source\n');
  writeFileSync(join(beside, 'moved'), 'moved\n');
  writeFileSync(join(beside, 'tree', 'file'), 'one\n');
  writeFileSync(join(beside, 'source.patch'), '--- a\n+++ b\n@@ -1 +1 @@\n-one\n+two\n');
  execFileSync('tar', ['-C', beside, '-cf', join(beside, 'source.tar'), 'tree']);
  execFileSync('cp', ['-a', join(root, 'repository'), join(beside, 'repository')]);
}

/** Everything in a folder, but when it was read. */
function snapshot(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !`${entry.parentPath}/`.includes('/.git/'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, uid, gid, mtimeMs, ino } = lstatSync(path);
      const held = entry.isFile()
        ? createHash('sha1').update(readFileSync(path)).digest('hex')
        : entry.isSymbolicLink()
          ? readlinkSync(path)
          : '';
      return [path, mode.toString(8), uid, gid, entry.isDirectory() ? '' : mtimeMs, ino, held].join(' ');
    })
    .toSorted();
}

function contentsOf(folder: string): readonly string[] {
  return snapshot(folder).map((row) => row.split(' ').toSpliced(4, 2).join(' '));
}

interface Outcome {
  readonly result: Value;
  readonly changes: Value;
  readonly comment: string;
}

async function run({ fun, given }: OddState, test: boolean): Promise<Outcome> {
  const options = {
    id: 'odd',
    file_client: 'local',
    cachedir: join(root, 'cache'),
    file_roots: { base: [join(root, 'tree')] },
  };
  const environment = createCallEnvironment({
    options: toValue(options) as Dict,
    minionId: 'odd',
    jid: '20260101000000000000',
    log: silentLogger,
    clock: systemClock,
    signal: new AbortController().signal,
    grains,
  });
  try {
    const keyword = toValue({ fun, ...given, test } satisfies Record<string, Plain>) as Dict;
    const { value } = await environment.call('state.single', [], keyword);
    const [step] = isDict(value) ? [...value.values()] : [];
    if (!isDict(step ?? null)) throw new Error(`${fun} answers ${pythonRepr(value)}`);
    const told = step as Dict;
    return {
      result: told.get('result') ?? null,
      changes: told.get('changes') ?? null,
      comment: pythonStr(told.get('comment') ?? ''),
    };
  } finally {
    await environment.close();
  }
}

function changesIn({ changes }: Outcome): boolean {
  return isDict(changes) ? changes.size > 0 : changes !== null && changes !== '';
}

/** What a dry run said that was not so; `undefined` when it was all true. */
function lieOf(dry: Outcome, real: Outcome): string | undefined {
  const told = `dry ${pythonRepr(dry.result)} ${JSON.stringify(dry.comment)} ${pythonRepr(dry.changes)}, real ${pythonRepr(real.result)} ${JSON.stringify(real.comment)} ${pythonRepr(real.changes)}`;
  if (dry.result === null) return real.result === true && changesIn(real) ? undefined : told;
  if (dry.result === true) return real.result === true && !changesIn(real) ? undefined : told;
  return real.result === false ? undefined : told;
}

/** One start in so many is tried with a state, the same ones in every run: all of them take minutes. */
const share = 5;

function isTried(start: string, { fun, given }: OddState): boolean {
  const key = `${start} ${fun} ${JSON.stringify({ ...given, name: '' }).replaceAll(root, '')}`;
  return createHash('sha1').update(key).digest().readUInt32BE() % share === 0;
}

/** What a dry run cannot know: what another state of the run may still bring, and what only doing it tells. */
function mayNotKnow(start: string, { fun, given }: OddState): boolean {
  const mayComeYet = start.includes('parent') || given['user'] === 'brine-nobody' || fun === 'git.config_set';
  return mayComeYet || 'check_cmd' in given;
}

describe.each(Object.keys(oddStarts))('a dry run where the target %s', (start) => {
  it('touches nothing and says what a real run does', async () => {
    const lies: string[] = [];
    const folder = join(root, 'world');
    const target = targetIn(folder, start);
    makeBeside();
    const pristine = String(contentsOf(beside));
    for (const state of oddStates(target, beside).filter((one) => isTried(start, one))) {
      if (String(contentsOf(beside)) !== pristine) makeBeside();
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(dirname(start.startsWith('has') ? dirname(target) : target), { recursive: true });
      oddStarts[start]?.(target);
      const before = [...snapshot(folder), ...snapshot(beside)];
      const dry = await run(state, true);
      if (String(before) !== String([...snapshot(folder), ...snapshot(beside)]))
        lies.push(`${state.fun} ${JSON.stringify(state.given)} touched something`);
      const real = await run(state, false);
      if (dry.result === null && real.result === false && mayNotKnow(start, state)) continue;
      const lie = lieOf(dry, real);
      if (lie !== undefined) lies.push(`${state.fun} ${JSON.stringify(state.given)}: ${lie}`);
    }
    expect(lies.join('\n').replaceAll(root, '')).toBe('');
  });
});
