import { execFile, execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';

const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
const saltCall = fileURLToPath(new URL('../../bin/salt-call', import.meta.url));
const stack = fileURLToPath(new URL('stack', import.meta.url));
const user = `brinestack${process.pid}`;
const swappiness = '/proc/sys/vm/swappiness';

interface StepResult {
  readonly __id__: string;
  readonly result: boolean | null;
  readonly comment: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    writeFileSync(path, readFileSync(path));
    return true;
  } catch {
    return false;
  }
}

/** A wheel without anything but its version, which pip installs from a folder without asking a registry. */
function writeWheel(folder: string): void {
  const info = 'brine_greeting-1.0.dist-info';
  mkdirSync(join(folder, info), { recursive: true });
  writeFileSync(join(folder, 'brine_greeting.py'), "greeting = 'hello'\n");
  writeFileSync(join(folder, info, 'METADATA'), 'Metadata-Version: 2.1\nName: brine-greeting\nVersion: 1.0\n');
  writeFileSync(
    join(folder, info, 'WHEEL'),
    'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  );
  writeFileSync(
    join(folder, info, 'RECORD'),
    `brine_greeting.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  );
  const files = ['brine_greeting.py', info];
  execFileSync('python3', ['-m', 'zipfile', '-c', 'brine_greeting-1.0-py3-none-any.whl', ...files], { cwd: folder });
}

function git(folder: string, ...words: string[]): void {
  const identity = ['-c', 'user.name=A Tester', '-c', 'user.email=a@example.org'];
  execFileSync('git', [...identity, ...words], { cwd: folder, stdio: 'pipe' });
}

describe.skipIf(!isDebianRoot)('a highstate on this machine', () => {
  let folder = '';
  let port = 0;
  let before = '';

  beforeAll(async () => {
    folder = mkdtempSync('/srv/brine-stack-');
    execFileSync('chmod', ['755', folder]);
    cpSync(stack, folder, { recursive: true });
    port = await freePort();
    before = readFileSync(swappiness, 'utf8').trim();
    mkdirSync(join(folder, 'upstream'));
    writeFileSync(join(folder, 'upstream', 'app.py'), 'print("app")\n');
    git(join(folder, 'upstream'), 'init', '-q', '-b', 'main');
    git(join(folder, 'upstream'), 'add', '.');
    git(join(folder, 'upstream'), 'commit', '-q', '-m', 'first');
    writeWheel(join(folder, 'wheels'));
    mkdirSync(join(folder, 'conf'));
    const pillar = {
      ...{ user, folder, port, password: 'pa"ss\'word', may_tune: mayWrite(swappiness) },
      swappiness: before === '33' ? '34' : '33',
      key: 'AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3',
    };
    mkdirSync(join(folder, 'pillar'), { recursive: true });
    writeFileSync(join(folder, 'pillar', 'top.sls'), "base:\n  '*':\n    - stack\n");
    writeFileSync(join(folder, 'pillar', 'stack.sls'), JSON.stringify(pillar));
    const roots = { file_roots: { base: [join(folder, 'states')] }, pillar_roots: { base: [join(folder, 'pillar')] } };
    writeFileSync(join(folder, 'conf', 'minion'), JSON.stringify({ id: 'stack1', root_dir: folder, ...roots }));
  });
  afterAll(() => {
    if (mayWrite(swappiness)) writeFileSync(swappiness, before);
    rmSync(folder, { recursive: true, force: true });
  });

  async function call(...words: string[]): Promise<readonly StepResult[]> {
    const args = ['--local', '-c', join(folder, 'conf'), '--out=json', ...words];
    const text = await new Promise<string>((resolve) => {
      execFile(saltCall, args, { maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => resolve(stdout || stderr));
    });
    const { local } = JSON.parse(text) as { local: Record<string, StepResult> | readonly string[] };
    if (Array.isArray(local)) throw new Error(local.join('\n'));
    return Object.values(local as Record<string, StepResult>);
  }

  const failed = (steps: readonly StepResult[]): readonly string[] =>
    steps.filter(({ result }) => result === false).map(({ __id__: id, comment }) => `${id}: ${comment}`);
  const changed = (steps: readonly StepResult[]): readonly string[] =>
    steps
      .filter(({ result, changes }) => result === null || Object.keys(changes).length > 0)
      .map(({ __id__: id }) => id);

  async function page(): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/' }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => resolve(text));
      }).on('error', reject);
    });
  }

  it('installs a stack, finds nothing more to do, and removes it again', { timeout: 900_000 }, async () => {
    const first = await call('state.apply');
    expect(failed(first)).toEqual([]);
    expect(first.length).toBeGreaterThanOrEqual(18);

    expect(await page()).toBe('Hello from stack1\n');
    const sql = `SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = '${user}'`;
    const asked = ['-u', 'postgres', '--', 'psql', '-At', '-c', sql];
    expect(execFileSync('runuser', asked, { cwd: '/', encoding: 'utf8' })).toBe(`${user}\n`);
    expect(execFileSync('crontab', ['-u', user, '-l'], { encoding: 'utf8' })).toContain(
      '5 3 * * * /usr/bin/true --nightly',
    );
    expect(readFileSync(join(folder, 'home', '.ssh', 'authorized_keys'), 'utf8')).toContain('ssh-ed25519 AAAAC3');
    expect(readFileSync(join(folder, 'app', 'app.py'), 'utf8')).toBe('print("app")\n');
    const python = [
      `${folder}/venv/bin/python`,
      ['-c', 'import brine_greeting; print(brine_greeting.greeting)'],
    ] as const;
    expect(execFileSync(...python, { encoding: 'utf8' })).toBe('hello\n');

    const dry = await call('state.apply', 'test=True');
    expect([failed(dry), changed(dry)]).toEqual([[], []]);
    const second = await call('state.apply');
    expect([failed(second), changed(second)]).toEqual([[], []]);

    const removal = await call('state.apply', 'stack.removed');
    expect(failed(removal)).toEqual([]);
    expect(existsSync('/etc/nginx/nginx.conf')).toBe(false);
    await expect(page()).rejects.toThrow('ECONNREFUSED');
    const dryRemoval = await call('state.apply', 'stack.removed', 'test=True');
    expect([failed(dryRemoval), changed(dryRemoval)]).toEqual([[], []]);
  });
});
