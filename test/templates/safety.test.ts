import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../bin/salt-call', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'brine-templates-'));

const bomb = `{{ '${'a'.repeat(40)}!' | regex_match('(a+)+$') }}`;
const yamlBomb = Array.from({ length: 8 }, (_, level) => {
  const item = level === 0 ? 'x' : `*a${level - 1}`;
  return `a${level}: &a${level} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
});

const tree: Readonly<Record<string, string>> = {
  'range.sls': 'a: 1\n{% for x in range(10**9) %}b: 1{% endfor %}\n',
  'macro.sls': '{% macro down(n) %}\n{{ down(n + 1) }}\n{% endmacro %}\n{{ down(1) }}\n',
  'include.sls': "a: 1\n\n{% include 'include.sls' %}\n",
  'import.sls': "a: 1\n{% from 'one.jinja' import x %}\n",
  'one.jinja': "\n{% from 'two.jinja' import x %}",
  'two.jinja': "{% from 'one.jinja' import x %}",
  'regex.sls': `a: 1\nb: ${bomb}\n`,
  'output.sls': "a: |\n{% for x in range(100000) %}\n  {{ 'x' * 10000 }}\n{% endfor %}\n",
  'text.sls': "a: 1\nb: {{ 'x' * 10 ** 9 }}\n",
  'doubling.sls':
    "{% set ns = namespace(t='x') %}\n{% for x in range(60) %}\n{% set ns.t = ns.t ~ ns.t %}\n{% endfor %}\n",
  'power.sls': 'a: 1\nb: {{ 10 ** (10 ** 10) }}\n',
  'aliases.sls': `${yamlBomb.join('\n')}\n`,
  'constructor.sls': "a: 1\nb: {{ grains.constructor.constructor('return process')() }}\n",
  'proto.sls': "a: 1\nb: {{ ''['__proto__'].constructor }}\n",
  'class.sls': "a: 1\nb: {{ ''.__class__.__mro__ }}\n",
  'globals.sls': "a: 1\nb: {{ salt['test.ping'].__globals__ }}\n",
  'cycler.sls': 'a: 1\nb: {{ cycler.__init__.__globals__.os }}\n',
  'bomb.conf': `one\n${bomb}\n`,
  'fine.conf': '{{ 6 * 7 }}\n',
  'after.sls': [
    'first:',
    '  file.managed:',
    `    - name: ${folder}/bomb`,
    '    - source: salt://bomb.conf',
    '    - template: jinja',
    'second:',
    '  file.managed:',
    `    - name: ${folder}/fine`,
    '    - source: salt://fine.conf',
    '    - template: jinja',
    '',
  ].join('\n'),
};

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

beforeAll(() => {
  put('minion', `root_dir: ${folder}/root\nfile_client: local\nid: web1\nfile_roots: {base: [${folder}/salt]}\n`);
  for (const [path, text] of Object.entries(tree)) put(`salt/${path}`, text);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Called {
  /** How the program ended; a signal that ended it is an error of the test. */
  readonly status: number | string | null | undefined;
  readonly answer: unknown;
}

function call(...words: readonly string[]): Promise<Called> {
  const args = [program, '--config-dir', folder, '--local', '--out', 'json', ...words];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error?.killed === true || stdout === '') reject(new Error(`salt-call ${words.join(' ')}: ${stderr}`));
      else
        resolve({ status: error === null ? 0 : error.code, answer: (JSON.parse(stdout) as { local: unknown }).local });
    });
  });
}

describe('a template that would harm its process', () => {
  it.each([
    ['range', 'range.sls:2:13', 'Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).'],
    ['macro', 'macro.sls:2:4', 'macros, includes and imports recurse deeper than 200'],
    ['include', 'include.sls:3:4', 'macros, includes and imports recurse deeper than 200'],
    ['import', 'one.jinja:2:4', 'macros, includes and imports recurse deeper than 200'],
    ['regex', 'regex.sls:2:53', 'a regular expression took longer than 1000 milliseconds'],
    ['output', 'output.sls:3:10', 'the output has grown beyond 67108864 characters'],
    ['text', 'text.sls:2:11', 'a text has grown beyond 67108864 characters'],
    ['doubling', 'doubling.sls:3:15', 'a text has grown beyond 67108864 characters'],
    ['power', 'power.sls:2:10', 'a power is too large'],
    ['aliases', 'aliases.sls:6:45', 'aliases make this text larger than 1000000 nodes'],
  ])('%s ends in an error that names its place', async (sls, place, message) => {
    const { status, answer } = await call('state.show_sls', sls);
    const [shown = ''] = answer as string[];
    expect({ status, place: shown.split(': ')[0], said: shown.includes(message) ? message : shown }).toEqual({
      status: 1,
      place,
      said: message,
    });
    // However often it went round: what is shown fits on a screen.
    expect(shown.split('\n').length).toBeLessThan(12);
  });
});

describe('a template that looks for a way out', () => {
  it.each([
    ['constructor', 'constructor.sls:2:14', "'dict object' has no attribute 'constructor'"],
    ['proto', 'proto.sls:2:10', "access to attribute '__proto__' of str object is unsafe"],
    ['class', 'class.sls:2:10', "access to attribute '__class__' of str object is unsafe"],
    ['globals', 'globals.sls:2:25', "access to attribute '__globals__' of function object is unsafe"],
    ['cycler', 'cycler.sls:2:14', 'access to attribute'],
  ])('through %s finds none', async (sls, place, message) => {
    const { status, answer } = await call('state.show_sls', sls);
    const [shown = ''] = answer as string[];
    expect({ status, place: shown.split(': ')[0], said: shown.includes(message) ? message : shown }).toEqual({
      status: 1,
      place,
      said: message,
    });
  });
});

describe('a process in which a template was stopped', () => {
  it('goes on with its work', async () => {
    const { status, answer } = await call('state.apply', 'after');
    const results = Object.values(answer as Record<string, { __id__: string; result: boolean; comment: string }>);
    expect(results.map(({ __id__: id, result }) => ({ id, result }))).toEqual([
      { id: 'first', result: false },
      { id: 'second', result: true },
    ]);
    expect(results[0]?.comment).toContain('a regular expression took longer than 1000 milliseconds (bomb.conf line 2');
    expect(readFileSync(join(folder, 'fine'), 'utf8')).toBe('42\n');
    expect(status).toBe(1);
  });
});
