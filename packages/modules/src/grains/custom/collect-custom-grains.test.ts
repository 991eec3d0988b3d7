import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLogger, toPlain, toValue, type Dict, type LogData, type Plain } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalHost } from '../../host/local/local-host.ts';
import type { Host } from '../../kit/host.ts';
import { collectCustomGrains } from './collect-custom-grains.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-grains-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): void {
  const file = path.join(folder, 'grains', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

interface Collected {
  readonly grains: unknown;
  /** What was logged: level, message, facts; files by their names. */
  readonly logged: readonly (readonly [string, string, LogData])[];
}

async function collect(host: Partial<Host> = {}, timeoutMilliseconds = 20_000): Promise<Collected> {
  const logged: [string, string, LogData][] = [];
  const log = createLogger((level, message, { file, ...data }) =>
    logged.push([level, message, { file: path.basename(String(file)), ...data }]),
  );
  const builtIn = toValue({ id: 'web1', os: 'Debian' }) as Dict;
  const { told } = await collectCustomGrains({
    host: { ...createLocalHost(), ...host },
    log,
    options: toValue({ extension_modules: folder, id: 'web1', grains: { role: 'web' }, timeout: 7 }) as Dict,
    signal: new AbortController().signal,
    timeoutMilliseconds,
    layOver: (parts) => new Map([...builtIn, ...parts.flatMap((part) => [...part])]),
  });
  return { grains: told.map((part) => toPlain(part)), logged };
}

describe('modules of grains in Python', () => {
  it('are called as Salt calls them: public functions of their own, by name', async () => {
    put('helper.py', 'def helped():\n    return {"helped": True}\n');
    put(
      'site.py',
      `from os.path import join
import helper
from helper import helped as imported
__virtualname__ = 'place'
def __virtual__(): return __virtualname__
def b(grains): return {'seen': [grains['id'], grains['os'], grains.get('helped'), grains.get('a')]}
def a(proxy): return {'a': repr(proxy), 'role': __grains__['role'], 'timeout': __opts__['timeout']}
def _private(): return {'private': 1}
def none(): return None
async def later(): return {'later': 1}
class Kind: pass
short = lambda: {'short': helper.helped()['helped']}
`,
    );
    put('all.py', '__all__ = ["one"]\ndef one(): return {"one": 1}\ndef two(): return {"two": 2}\n');
    put('not_here.py', 'def __virtual__(): return False, "no such thing"\ndef f(): return {"never": 1}\n');
    put('pkg/__init__.py', 'from .inner import f\n');
    put('pkg/inner.py', 'def f(): return {"packaged": True}\n');
    const { grains, logged } = await collect();
    expect(grains).toEqual([
      { one: 1 },
      { helped: true },
      { packaged: true },
      { a: 'None', role: 'web', timeout: 7 },
      { seen: ['web1', 'Debian', true, 'None'] },
      { short: true },
    ]);
    expect(logged.filter(([level]) => level !== 'debug')).toEqual([]);
    expect(logged).toContainEqual([
      'debug',
      'module of grains is not for this machine',
      { file: 'not_here.py', reason: '__virtual__ gave False no such thing' },
    ]);
  });

  it('give every kind of value that grains can be, and lose only what is none', async () => {
    put(
      'kinds.py',
      `import datetime
def f(): return {'t': (1, 2.0), 's': {'b', 'a'}, 'big': 2**70, 'b': b'ab', 'raw': b'\\xff', 'n': None, 5: {1: 'x'},
                 'when': datetime.datetime(2024, 1, 2), 'odd': object(), 'nan': float('nan'), 'u': 'ä\\udc80'}
`,
    );
    const { grains, logged } = await collect();
    const [told] = grains as readonly Plain[];
    expect(told).toMatchObject({
      t: [1, expect.anything()],
      s: ['a', 'b'],
      big: 2n ** 70n,
      b: 'ab',
      n: null,
      5: { 1: 'x' },
    });
    expect(told).toMatchObject({ when: '20240102T00:00:00.000000', nan: Number.NaN, u: 'ä?' });
    expect(told).not.toHaveProperty('odd');
    expect(logged).toEqual([
      [
        'error',
        'module of grains failed',
        { file: 'kinds.py', function: 'f', problem: 'the grain odd is a object, which no grain can be' },
      ],
    ]);
  });

  it('that fail, end their process, print or need what is not there cost nothing else', async () => {
    put('bad.py', 'def f(:\n    pass\n');
    put('ends.py', 'import os\ndef a(): return {"before": 1}\ndef b(): os._exit(3)\ndef c(): return {"after": 1}\n');
    put('exits.py', 'import sys\ndef a():\n    sys.exit(1)\ndef b(): return {"goes_on": 1}\n');
    put('good.py', 'def f(): return {"good": 1}\n');
    put(
      'loud.py',
      'import subprocess, logging\nprint("hello")\ndef f():\n    subprocess.call(["echo", "child"])\n    logging.getLogger(__name__).warning("careful %s", 1)\n    return {"loud": 1}\n',
    );
    put('module.py', 'import no_such_module\n');
    put(
      'salted.py',
      'import salt.utils.platform, salt.utils.network\ndef a(): return {"linux": salt.utils.platform.is_linux()}\ndef b():\n    return {"ip": salt.utils.network.ip_addrs()}\ndef c(): return {"ran": __salt__["cmd.run"]("echo $((6*7))")}\ndef d(): return {"x": __salt__["pkg.version"]("x")}\n',
    );
    const { grains, logged } = await collect();
    expect(grains).toEqual([{ before: 1 }, { goes_on: 1 }, { good: 1 }, { loud: 1 }, { linux: true }, { ran: '42' }]);
    expect(logged).toEqual([
      [
        'error',
        'module of grains failed',
        { file: 'bad.py', line: 1, problem: 'SyntaxError: invalid syntax (bad.py, line 1)' },
      ],
      ['error', 'module of grains ended its process', { file: 'ends.py', function: 'b', exitCode: 3 }],
      ['error', 'module of grains failed', { file: 'exits.py', function: 'a', line: 3, problem: 'SystemExit: 1' }],
      ['warn', 'module of grains says', { file: 'loud.py', line: 5, text: 'careful 1' }],
      ['warn', 'module of grains printed something', { file: 'loud.py', text: 'hello\nchild' }],
      [
        'error',
        'module of grains failed',
        { file: 'module.py', line: 1, problem: "ModuleNotFoundError: No module named 'no_such_module'" },
      ],
      [
        'error',
        'module of grains failed',
        {
          file: 'salted.py',
          function: 'b',
          line: 4,
          problem: "ImportError: salt.utils.network.ip_addrs is one of Salt's libraries, which are not there",
        },
      ],
      [
        'error',
        'module of grains failed',
        {
          file: 'salted.py',
          function: 'd',
          line: 6,
          problem: "KeyError: 'pkg.version is not there for modules of grains'",
        },
      ],
    ]);
  });

  it('that hang are ended, with what they started, and what they told before counts', async () => {
    put(
      'hangs.py',
      `import subprocess, time
def a(): return {"before": 1}
def b():
    subprocess.Popen(["sleep", "300"])
    while True: time.sleep(1)
`,
    );
    const { grains, logged } = await collect({}, 1500);
    expect(grains).toEqual([{ before: 1 }]);
    expect(logged).toEqual([
      [
        'error',
        'module of grains took too long and was ended',
        { file: 'hangs.py', function: 'b', timeoutMilliseconds: 1500 },
      ],
    ]);
  });

  it('are named each where there is no python3', async () => {
    put('a.py', 'def f(): return {"a": 1}\n');
    put('b.mjs', 'export const f = () => ({ b: 1 });\n');
    const { grains, logged } = await collect({ which: async () => undefined });
    expect(grains).toEqual([{ b: 1 }]);
    expect(logged).toEqual([
      ['warn', 'module of grains is not run, for this machine has no python3', { file: 'a.py' }],
    ]);
  });
});

describe('modules of grains in JavaScript', () => {
  it('give what their exported functions give', async () => {
    put('helper.mjs', 'export const three = 3;\n');
    put(
      'site.mjs',
      `import { three } from './helper.mjs';
export const name = 'no function';
export async function site({ grains, options }) {
  console.log('hello');
  return { site: 'berlin', three, id: grains.id, timeout: options.timeout, half: 0.5, set: new Set([1]), none: undefined };
}
export const table = () => new Map([[8080, 10n ** 20n]]);
export const nothing = () => undefined;
export function fails() { throw new TypeError('boom'); }
export const odd = () => ({ date: new Date(0), fine: [null, true, Buffer.from('x')] });
`,
    );
    put('plain.js', 'export const f = () => ({ plain: true });\n');
    put('broken.mjs', 'export const f = (;\n');
    const { grains, logged } = await collect();
    expect(grains).toEqual([
      { plain: true },
      { fine: [null, true, new Uint8Array([120])] },
      { site: 'berlin', three: 3, id: 'web1', timeout: 7, half: 0.5, set: [1] },
      { 8080: 10n ** 20n },
    ]);
    expect(logged.filter(([level]) => level !== 'debug')).toEqual([
      [
        'error',
        'module of grains failed',
        { file: 'broken.mjs', line: 1, problem: "SyntaxError: Unexpected token ';'" },
      ],
      [
        'error',
        'module of grains failed',
        { file: 'site.mjs', function: 'fails', line: 9, problem: 'TypeError: boom' },
      ],
      [
        'error',
        'module of grains failed',
        { file: 'site.mjs', function: 'odd', problem: 'the grain date is a Date, which no grain can be' },
      ],
      ['warn', 'module of grains printed something', { file: 'site.mjs', text: 'hello' }],
    ]);
  });

  it('that hang are ended', async () => {
    put('hangs.mjs', 'export const f = () => ({ before: 1 });\nexport function g() { for (;;); }\n');
    const { grains, logged } = await collect({}, 1500);
    expect([grains, logged.map(([, message]) => message)]).toEqual([
      [{ before: 1 }],
      ['module of grains took too long and was ended'],
    ]);
  });
});
