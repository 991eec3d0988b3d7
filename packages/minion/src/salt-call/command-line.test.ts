import { describe, expect, it } from 'vitest';
import { parseCommandLine, type SaltCallRequest } from './command-line.ts';

const parse = (...words: string[]): SaltCallRequest => parseCommandLine(words, () => '3006.9 (Brine 0.1.0)');

const nothingAsked = {
  moduleFolders: [],
  configDirectory: undefined,
  overrides: {},
  noParse: [],
  output: { outputter: undefined, indent: undefined, file: undefined, append: false, color: undefined },
  passRetcode: false,
  printMetadata: false,
  metadata: undefined,
  skipGrains: false,
  refreshGrainsCache: false,
  sendReturn: true,
  timeout: 60,
  showSecrets: false,
  hardCrash: false,
};

describe('parseCommandLine', () => {
  it('takes the first word as the function and the others as its arguments', () => {
    expect(parse('test.arg', 'one', 'two=2')).toEqual({
      ...nothingAsked,
      task: { kind: 'call', fun: 'test.arg', words: ['one', 'two=2'] },
    });
  });

  it('takes lines of standard input for further words', () => {
    const { task } = parseCommandLine(
      ['--args-stdin', 'test.arg', 'one'],
      () => '',
      () => 'two words\nkey=3\n',
    );
    expect(task).toEqual({ kind: 'call', fun: 'test.arg', words: ['one', 'two words', 'key=3'] });
  });

  it('finds options before, between and behind the words', () => {
    const { task, overrides, output } = parse(
      '-linfo',
      'state.apply',
      '--local',
      'web',
      '--out=json',
      '--out-indent=-1',
    );
    expect(task).toEqual({ kind: 'call', fun: 'state.apply', words: ['web'] });
    expect(overrides).toEqual({ log_level: 'info', file_client: 'local' });
    const { overrides: ofLog } = parse('--log-file', '/l', '--log-file-level=debug', 'test.ping');
    expect(ofLog).toEqual({ log_file: '/l', log_level_logfile: 'debug' });
    expect(output).toEqual({ ...nothingAsked.output, outputter: 'json', indent: -1 });
  });

  it('hands on everything behind -- as it is', () => {
    expect(parse('--', 'test.arg', '-1', '--flag').task).toEqual({
      kind: 'call',
      fun: 'test.arg',
      words: ['-1', '--flag'],
    });
  });

  it('puts what names a configuration key over the configuration', () => {
    const words = [
      '--id',
      'db1',
      '--master',
      'm1',
      '--file-root',
      '/s',
      '--pillar-root',
      '/p',
      '--state-verbose',
      'False',
    ];
    expect(parse(...words, '--state-output=terse', '--output-diff', 'test.ping').overrides).toEqual({
      id: 'db1',
      master: 'm1',
      file_roots: { base: ['/s'] },
      pillar_roots: { base: ['/p'] },
      state_output: 'terse',
      state_verbose: false,
      state_output_diff: true,
    });
  });

  it('reads the options without a configuration key', () => {
    expect(
      parse(
        ...[
          '-c',
          '/etc/brine',
          '--no-parse=version,flag',
          '--retcode-passthrough',
          '--metadata',
          '--set-metadata',
          'x',
        ],
        ...['--skip-grains', '--no-return-event', '-t', '5', '--hard-crash', '--out-file', '/o', '--out-file-append'],
        ...['--force-color', '--show-secrets', 'test.ping'],
      ),
    ).toEqual({
      ...nothingAsked,
      task: { kind: 'call', fun: 'test.ping', words: [] },
      configDirectory: '/etc/brine',
      noParse: ['version', 'flag'],
      output: { ...nothingAsked.output, file: '/o', append: true, color: true },
      passRetcode: true,
      printMetadata: true,
      metadata: 'x',
      skipGrains: true,
      sendReturn: false,
      timeout: 5,
      showSecrets: true,
      hardCrash: true,
    });
  });

  it('knows the tasks that are no call', () => {
    expect(parse('-g').task).toEqual({ kind: 'grains' });
    expect(parse('-d').task).toEqual({ kind: 'doc', fun: undefined });
    expect(parse('--doc', 'test').task).toEqual({ kind: 'doc', fun: 'test' });
    expect(parse('--versions-report').task).toEqual({ kind: 'versions' });
    expect(parse('--version').task).toEqual({
      kind: 'text',
      text: 'salt-call 3006.9 (Brine 0.1.0)\n',
      exitCode: 0,
    });
    expect(parse('--help').task).toMatchObject({ kind: 'text', exitCode: 0 });
    expect(parse().task).toMatchObject({ kind: 'text', exitCode: 64 });
  });

  it.each([
    [['test.ping', '--no-such-thing'], "salt-call: unknown option '--no-such-thing' (see salt-call --help)"],
    [['--out-indent', 'x', 'test.ping'], 'salt-call: --out-indent takes a whole number'],
    [['-g', 'test.ping'], 'salt-call: -g/--grains does not take arguments'],
    [['-d', 'test.ping', 'test.echo'], 'salt-call: documentation can be shown for one function at a time'],
  ])('refuses %j', (words, message) => {
    expect(() => parse(...words)).toThrow(expect.objectContaining({ code: 'call-usage', message, exitCode: 64 }));
  });

  it('tells the folders of modules that are given', () => {
    expect(parse('-m', '/a', '--module-dirs=/b', '--states-dir', '/c', 'test.ping').moduleFolders).toEqual([
      { option: '--module-dirs', folder: '/a' },
      { option: '--module-dirs', folder: '/b' },
      { option: '--states-dir', folder: '/c' },
    ]);
  });

  it('says of an option of Salt why it does not exist', () => {
    expect(() => parse('--proxyid', 'x', 'test.ping')).toThrow(
      expect.objectContaining({
        code: 'call-option-unsupported',
        message: 'salt-call: the option --proxyid does not exist: there are no proxy minions',
        exitCode: 64,
      }),
    );
  });
});
