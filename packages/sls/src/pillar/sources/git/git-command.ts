import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { TemplatePorts } from '../../../template-thread/template-engine.ts';
import { sourceFault } from '../source-fault.ts';
import type { GitAccess } from './read-git-remotes.ts';

/** Runs git; resolves with what it printed. Throws `pillar-external` with the first line it complained with. */
export type GitCommand = (words: readonly string[], how?: GitSurroundings) => Promise<string>;

/** What a call of git works with beside its arguments. */
export interface GitSurroundings {
  readonly access?: GitAccess;
  /** An index of its own. */
  readonly indexFile?: string;
}

const timeoutSeconds = 120;

/** Runs git through the execution functions. Credentials go by its environment, never by its arguments. */
export function createGitCommand(call: TemplatePorts['call']): GitCommand {
  return async (words, { access, indexFile } = {}) => {
    const keyword: Dict = new Map<Value, Value>([
      ['python_shell', false],
      ['timeout', timeoutSeconds],
      ['ignore_retcode', true],
      ['output_loglevel', 'quiet'],
      [
        'env',
        new Map<Value, Value>([
          ...harmless,
          ...(access === undefined ? [] : environmentOf(access)),
          ...(indexFile === undefined ? [] : ([['GIT_INDEX_FILE', indexFile]] as const)),
        ]),
      ],
    ]);
    const answer = await call('cmd.run_all', [[...words]], keyword);
    const said = (name: string): string => pythonStr((isDict(answer) ? answer.get(name) : undefined) ?? '').trim();
    if (isDict(answer) && answer.get('retcode') === 0) return said('stdout');
    const reason = said('stderr') === '' ? said('stdout') : said('stderr');
    throw sourceFault(
      `git: ${withoutCredentials(reason.split('\n').find((line) => line !== '') ?? 'it did not end well')}`,
    );
  };
}

/** No question to anybody, no protocol that runs programs. */
const harmless: readonly (readonly [Value, Value])[] = [
  ['GIT_TERMINAL_PROMPT', '0'],
  ['GIT_ALLOW_PROTOCOL', 'file:git:http:https:ssh'],
  ['LC_ALL', 'C'],
];

function environmentOf({ user, password, privkey, sslVerify }: GitAccess): readonly (readonly [Value, Value])[] {
  const ssh = ['ssh', '-o BatchMode=yes', ...(privkey === '' ? [] : [`-o IdentitiesOnly=yes -i ${quoted(privkey)}`])];
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  return [
    ['GIT_SSH_COMMAND', ssh.join(' ')],
    ...(sslVerify ? [] : ([['GIT_SSL_NO_VERIFY', '1']] as const)),
    ...(password === ''
      ? []
      : ([
          ['GIT_CONFIG_COUNT', '1'],
          ['GIT_CONFIG_KEY_0', 'http.extraHeader'],
          ['GIT_CONFIG_VALUE_0', `Authorization: Basic ${basic}`],
        ] as const)),
  ];
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function withoutCredentials(text: string): string {
  return text.replaceAll(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}
