import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../bin/salt-call', import.meta.url));
const files = Array.from({ length: 15 }, (_, index) => `f${String(index + 1).padStart(2, '0')}`);
const followers = ['watching', 'changed', 'listening', 'later', 'collecting'];
const points = [...files, ...followers];

let base: string;

beforeAll(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-faults-'));
});

afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

interface Killing {
  readonly root: string;
  /** The step at which the first run dies. */
  readonly point: string;
}

/** A line of a step that is in its file only when the run is to die there. */
const onlyAt = ({ root, point }: Killing, name: string, write: (command: string) => string): string =>
  point === name ? write(`sh ${root}/kill`) : '';

const content = (name: string): string => `${name} `.repeat(20_000);

/** Three ways to write a file: killed before its look, in the middle of its change, and right after that. */
const writers: readonly ((killing: Killing, name: string) => string)[] = [
  (killing, name) => `  file.managed:
    - name: ${killing.root}/out/${name}
    - contents: '${content(name)}'
${onlyAt(killing, name, (command) => `    - onlyif: ${command}\n`)}`,
  (killing, name) => `  file.managed:
    - name: ${killing.root}/out/${name}
    - contents: '${content(name)}'
${onlyAt(killing, name, (command) => `    - check_cmd: ${command}\n`)}`,
  (killing, name) => `  cmd.run:
    - name: cp ${killing.root}/salt/${name} ${killing.root}/out/${name}${onlyAt(killing, name, (command) => `; ${command}`)}
    - creates: ${killing.root}/out/${name}
`,
];

function stateFile(killing: Killing): string {
  const steps = files.map((name, index) => `${name}:\n${writers[index % writers.length]?.(killing, name) ?? ''}`);
  return [...steps, ...followerStates(killing)].join('\n');
}

function followerStates(killing: Killing): string[] {
  const condition = (name: string): string => onlyAt(killing, name, (command) => `    - onlyif: ${command}\n`);
  const log = (name: string): string => `    - name: echo ${name} >> ${killing.root}/log\n${condition(name)}`;
  const on = (...names: string[]): string => names.map((name) => `      - ${name}\n`).join('');
  return [
    `watching:\n  cmd.wait:\n${log('watching')}    - watch:\n${on('f01', 'f09')}`,
    `changed:\n  cmd.run:\n${log('changed')}    - onchanges:\n${on('f02')}`,
    `listening:\n  cmd.wait:\n${log('listening')}    - listen:\n${on('f03', 'f04')}`,
    `later:\n  cmd.run:\n${log('later')}    - onchanges:\n${on('f15')}`,
    `collecting:\n  cmd.wait:\n${log('collecting')}    - watch_any:\n${on('f06', 'f07', 'f14')}`,
  ];
}

interface Ended {
  readonly signal: string | null;
  readonly out: string;
  readonly error: string;
}

function apply(root: string, ...words: string[]): Promise<Ended> {
  const call = [program, '-c', `${root}/etc`, '--local', '--out=json', 'state.apply', 'tree', ...words];
  const child = spawn(process.execPath, call, { stdio: ['ignore', 'pipe', 'pipe'] });
  fs.writeFileSync(`${root}/pid`, String(child.pid));
  const told = { out: '', error: '' };
  child.stdout.on('data', (text) => (told.out += String(text)));
  child.stderr.on('data', (text) => (told.error += String(text)));
  return new Promise((resolve) => child.once('close', (_code, signal) => resolve({ signal, ...told })));
}

function prepare(point: string): string {
  const root = path.join(base, point);
  for (const folder of ['etc', 'salt', 'out']) fs.mkdirSync(path.join(root, folder), { recursive: true });
  const configuration = `root_dir: ${root}\nfile_client: local\nid: web1\ngrains: {}\nfile_roots: {base: [${root}/salt]}\n`;
  fs.writeFileSync(path.join(root, 'etc/minion'), configuration);
  fs.writeFileSync(path.join(root, 'salt/tree.sls'), stateFile({ root, point }));
  for (const name of files) fs.writeFileSync(path.join(root, 'salt', name), `${content(name)}\n`);
  const killing = `[ -e ${root}/killed ] && exit 0\n: > ${root}/killed\nkill -9 $(cat ${root}/pid)\n`;
  fs.writeFileSync(path.join(root, 'kill'), killing);
  return root;
}

/** Files that are there, each with whether it is whole. */
function written(root: string): [string, boolean][] {
  const folder = path.join(root, 'out');
  return fs.readdirSync(folder).map((name) => {
    return [name, fs.readFileSync(path.join(folder, name), 'utf8') === `${content(name)}\n`];
  });
}

const logged = (root: string): string[] =>
  fs.existsSync(path.join(root, 'log')) ? fs.readFileSync(path.join(root, 'log'), 'utf8').trim().split('\n') : [];

function changesOf({ out }: Ended): string[] {
  const { local } = JSON.parse(out) as { local: Record<string, { changes: object; result: boolean; __id__: string }> };
  const odd = Object.values(local).filter(({ changes, result }) => !result || Object.keys(changes).length > 0);
  return odd.map(({ __id__: id }) => id);
}

describe('a state run that is killed', () => {
  it.each(points)(
    'at %s is finished by the next run: files whole, each due follower once, then nothing',
    async (point) => {
      const root = prepare(point);
      const killed = await apply(root);
      expect(killed.signal).toBe('SIGKILL');
      expect(written(root).filter(([, isWhole]) => !isWhole)).toEqual([]);
      const second = await apply(root);
      expect(second.error).toContain('an earlier state run was interrupted');
      expect(written(root)).toEqual(files.map((name) => [name, true]));
      expect(logged(root).toSorted()).toEqual(followers.toSorted());
      const third = await apply(root);
      expect([changesOf(third), third.error]).toEqual([[], '']);
      expect(logged(root)).toHaveLength(followers.length);
      expect(fs.readdirSync(path.join(root, 'var/cache/salt/minion/state-journal'))).toEqual([]);
    },
    120_000,
  );
});

describe('a state run that ends at failhard', () => {
  it('leaves to the next runs what had not reacted, and tells nobody twice', async () => {
    const root = prepare('failhard');
    const log = (name: string): string => `  cmd.wait:\n    - name: echo ${name} >> ${root}/log\n`;
    const tree = (middle: string): string =>
      `made:\n  file.managed:\n    - name: ${root}/out/made\n    - contents: x\n` +
      `listening:\n${log('listening')}    - listen: [made]\n${middle}watching:\n${log('watching')}    - watch: [made]\n`;
    const applied = async (middle: string): Promise<string[]> => {
      fs.writeFileSync(path.join(root, 'salt/tree.sls'), tree(middle));
      return changesOf(await apply(root));
    };
    const broken = 'broken:\n  test.fail_without_changes:\n    - failhard: true\n';
    expect(await applied(broken)).toEqual(['made', 'broken', 'listener_listening']);
    expect(logged(root)).toEqual(['listening']);
    expect(await applied(broken)).toEqual(['broken']);
    expect(logged(root)).toEqual(['listening']);
    expect(await applied('')).toEqual(['watching']);
    expect(await applied('')).toEqual([]);
    expect(logged(root)).toEqual(['listening', 'watching']);
  }, 120_000);
});
