/// <reference types="node" />
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../app-error.ts';
import { formatProblems } from '../format-problem.ts';
import { Float, toValue } from '../value.ts';
import { loadConfig, type LoadConfigOptions } from './load-config.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-config-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function loadMinion(options: LoadConfigOptions = {}) {
  return loadConfig('minion', { configDir: folder, hostName: () => 'Web1.Example.org', ...options });
}

function failure(run: () => unknown): AppError {
  try {
    run();
  } catch (caught) {
    if (caught instanceof AppError) return caught;
    throw caught;
  }
  throw new Error('nothing was thrown');
}

describe('loadConfig', () => {
  it('gives Salt’s standard values to what is not set', () => {
    write('master', '');
    const { config, problems, files } = loadConfig('master', { configDir: folder, hostName: () => 'salt' });
    expect(problems).toEqual([]);
    expect(files).toEqual([join(folder, 'master')]);
    expect(config).toMatchObject({
      id: 'salt_master',
      interface: '0.0.0.0',
      publish_port: 4505,
      ret_port: 4506,
      worker_threads: 5,
      timeout: 5,
      gather_job_timeout: 10,
      keep_jobs_seconds: 86_400,
      pki_dir: '/etc/salt/pki/master',
      cachedir: '/var/cache/salt/master',
      sock_dir: '/var/run/salt/master',
      log_file: '/var/log/salt/master',
      log_level: 'warning',
      file_roots: { base: ['/srv/salt', '/srv/spm/salt'] },
      hash_type: 'sha256',
      auto_accept: false,
    });
  });

  it('merges included files with each other and lets their keys replace those of the main file', () => {
    write('minion', 'id: web1\ngrains: {main: 1}\nmaster: one\ninclude: extra/*.yaml\n');
    write('minion.d/10-a.conf', 'grains: {a: 1}\nmaster: two\n');
    write('minion.d/20-b.conf', 'grains: {b: 1.0}\n');
    write('minion.d/ignored.txt', 'master: three\n');
    write('extra/x.yaml', 'master: [four, five]\n');
    const { config, files } = loadMinion();
    expect(config.grains).toEqual(new Map(Object.entries({ a: 1, b: new Float(1) })));
    expect(config.master).toEqual(['four', 'five']);
    expect(files).toEqual(
      ['minion', 'minion.d/10-a.conf', 'minion.d/20-b.conf', 'extra/x.yaml'].map((name) => join(folder, name)),
    );
  });

  it('puts folders under root_dir, but not what lies there already or is no path', () => {
    write(
      'minion',
      `id: a\nroot_dir: /r/\npki_dir: keys\ncachedir: /r/cache\nsock_dir: /run/x\nlog_file: udp://log:514\n`,
    );
    const { root_dir, pki_dir, cachedir, sock_dir, log_file, pidfile } = loadMinion().config;
    expect({ root_dir, pki_dir, cachedir, sock_dir, log_file, pidfile }).toEqual({
      root_dir: '/r/',
      pki_dir: '/r/keys',
      cachedir: '/r/cache',
      sock_dir: '/r/run/x',
      log_file: 'udp://log:514',
      pidfile: '/r/var/run/salt-minion.pid',
    });
  });

  it('takes what Salt takes for other types', () => {
    write(
      'minion',
      'id: 12\nmaster_port: "4600"\ntest: 1\nlog_level: INFO\nenv_order: base\nnodegroups:\nfile_roots: {base: /srv, 3:}\n',
    );
    const { config, problems } = loadMinion();
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      id: '12',
      master_port: 4600,
      test: true,
      log_level: 'info',
      env_order: ['base'],
      nodegroups: new Map(),
      file_roots: { base: ['/srv'], 3: [] },
    });
  });

  it('expands wildcards in roots', () => {
    write('formulas/b/x', '');
    write('formulas/a/x', '');
    write('minion', `id: a\nfile_roots: {base: [/srv, "${folder}/formulas/*"], dev: ["${folder}/none*"]}\n`);
    expect(loadMinion().config.file_roots).toEqual({
      base: ['/srv', join(folder, 'formulas/a'), join(folder, 'formulas/b')],
      dev: [],
    });
  });

  it('lets overrides go before files, and leaves undefined ones out', () => {
    write('minion', 'id: a\nlog_level: info\ntest: true\n');
    const { config } = loadMinion({ overrides: { log_level: 'debug', test: undefined, grains: { a: 1 } } });
    expect([config.log_level, config.test, config.grains]).toEqual(['debug', true, toValue({ a: 1 })]);
  });

  it('keeps keys nobody knows, hostile ones too', () => {
    write('minion', 'id: a\nmysql.host: db\n__proto__: {isAdmin: true}\n');
    const { config } = loadMinion();
    expect(config['mysql.host']).toBe('db');
    expect(Object.keys(config)).toContain('__proto__');
    expect('isAdmin' in config).toBe(false);
  });

  it('freezes what it gives', () => {
    write('minion', 'id: a\n');
    const { config } = loadMinion();
    expect([config, config.file_roots, config.file_roots['base']].every(Object.isFrozen)).toBe(true);
  });

  it('looks in SALT_CONFIG_DIR when no folder is named', () => {
    write('minion', 'id: from-env\n');
    expect(loadConfig('minion', { environment: { SALT_CONFIG_DIR: folder } }).config.id).toBe('from-env');
  });
});

describe('the minion id', () => {
  it.each([
    ['the configuration', 'id: web2\n', 'kept-id\n', 'web2'],
    ['the file minion_id', '', '\ufeffkept-id\nmore\n', 'kept-id'],
    ['the host name, when the file says localhost', '', 'localhost\n', 'Web1.Example.org'],
    ['the host name, when the file is not to be used', 'minion_id_caching: false\n', 'kept-id\n', 'Web1.Example.org'],
    ['the host name in lower case', 'minion_id_lowercase: true\n', '', 'web1.example.org'],
    ['the host name without its domain', 'minion_id_remove_domain: true\n', '', 'Web1'],
    ['the host name without a listed domain', 'minion_id_remove_domain: "x, Example.org"\n', '', 'Web1'],
    [
      'the host name with another domain appended',
      'minion_id_remove_domain: true\nappend_domain: lan\n',
      '',
      'Web1.lan',
    ],
    ['the configuration with a domain appended only once', 'id: a.lan\nappend_domain: lan\n', '', 'a.lan'],
  ])('comes from %s', (_source, text, file, expected) => {
    write('minion', text);
    if (file !== '') write('minion_id', file);
    expect(loadMinion().config.id).toBe(expected);
  });

  it('has to be one', () => {
    write('minion', 'id: ../evil\n');
    expect(failure(() => loadMinion()).message).toBe(
      `the configuration cannot be used: '../evil' cannot be a minion id (${folder}/minion:1:1)`,
    );
  });
});

describe('problems of loadConfig', () => {
  it('warn of keys that are unknown, unsupported or of the other daemon', () => {
    write('minion', 'id: a\nstat_output: x\nsite: {a: 1}\nzmq_monitor: true\nauto_accept: true\n7: x\n');
    expect(formatProblems(loadMinion().problems).replaceAll(folder, '')).toBe(
      [
        '/minion:2:1: warning: unknown configuration key stat_output',
        '  line 2 | stat_output: x',
        '         | ^',
        '  help: did you mean state_output?',
        '/minion:3:1: warning: unknown configuration key site',
        '  line 3 | site: {a: 1}',
        '         | ^',
        '  help: it is only there for config.get',
        '/minion:4:1: warning: Brine does not act on zmq_monitor',
        '  line 4 | zmq_monitor: true',
        '         | ^',
        '/minion:5:1: warning: auto_accept does nothing in this file',
        '  line 5 | auto_accept: true',
        '         | ^',
        '/minion:6:1: warning: unknown configuration key 7',
        '  line 6 | 7: x',
        '         | ^',
        '  help: it is only there for config.get',
      ].join('\n'),
    );
  });

  it('are collected over all files before it gives up', () => {
    write('minion', 'id: a\nmaster_port: many\nlog_level: loud\nfile_roots: [a]\ngrains: 1\n');
    write('minion.d/a.conf', 'a: b: c\n');
    write('minion.d/b.conf', '- list\n');
    const error = failure(() => loadMinion({ overrides: { test: 'perhaps' } }));
    expect(error.code).toBe('config-invalid');
    expect(error.problems.map(({ summary, span }) => [summary, span?.line, span?.column])).toEqual([
      ['mapping values are not allowed here', 1, 5],
      ['a configuration file is a mapping of keys to values', 1, undefined],
      [
        "log_level has to be one of all, garbage, trace, debug, profile, info, warning, error, critical, quiet, not 'loud'",
        3,
        1,
      ],
      ['file_roots has to be a mapping of environments to lists of paths, not a list', 4, 1],
      ["test has to be true or false, not 'perhaps'", undefined, undefined],
      ["master_port has to be a port number, not 'many'", 2, 1],
      ['grains has to be a mapping, not 1', 5, 1],
    ]);
    expect(error.message).toBe(
      `the configuration cannot be used: mapping values are not allowed here (${folder}/minion.d/a.conf:1:5), and 6 more problems`,
    );
  });

  it('refuse open_mode', () => {
    write('master', 'open_mode: true\n');
    expect(failure(() => loadConfig('master', { configDir: folder })).problems).toMatchObject([
      { summary: 'open_mode is refused: it would let any host stand in for any minion', span: { line: 1 } },
    ]);
  });

  it('name the main file when it was asked for and is not there', () => {
    const error = failure(() => loadMinion());
    expect([error.code, error.message]).toEqual(['config-missing', `there is no configuration file ${folder}/minion`]);
  });

  it('name a file that cannot be read', () => {
    write('minion', 'id: a\n');
    mkdirSync(join(folder, 'minion.d'));
    // Reading the start of one's own memory fails for everybody, root included.
    symlinkSync('/proc/self/mem', join(folder, 'minion.d/bad.conf'));
    expect(failure(() => loadMinion()).code).toBe('config-unreadable');
  });
});
