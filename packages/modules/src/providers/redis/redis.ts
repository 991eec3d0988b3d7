import { AppError, pythonStr, type Dict } from '@brine/common';
import {
  integer,
  lineText,
  optional,
  type CommandRequest,
  type CommandResult,
  type Host,
  type ReadHost,
  secret,
} from '../../kit/index.ts';

/** The arguments by which `redis` states reach a server; `redis.*` of the configuration and pillar stand in. */
export const redisArguments = {
  host: optional(lineText()).describe('Host of the server; localhost unless given.'),
  port: optional(integer()).describe('Its port; 6379 unless given.'),
  db: optional(integer()).describe('Number of the database; 0 unless given.'),
  password: secret(optional(lineText())).describe('Its password.'),
};

/** What of {@link redisArguments} a state was given. */
export interface RedisServer {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly db: number | undefined;
  readonly password: string | undefined;
}

/** A server: how to look and how to act. Both throw `state-failed` when it refuses or cannot be reached. */
export interface Redis {
  ask(host: ReadHost, words: readonly string[]): Promise<string>;
  run(machine: Host, words: readonly string[], value?: string): Promise<string>;
}

interface Surroundings {
  readonly options: Dict;
  readonly pillar: Dict;
}

/** Makes the way to a server. */
export function connectRedis(server: RedisServer, { options, pillar }: Surroundings): Redis {
  const setting = (name: keyof RedisServer): string | undefined => {
    const value = server[name] ?? pillar.get(`redis.${name}`) ?? options.get(`redis.${name}`);
    return value === undefined || value === null ? undefined : pythonStr(value);
  };
  const password = setting('password');
  const request = (words: readonly string[]): CommandRequest => ({
    command: [
      ...['redis-cli', '--raw', '-h', setting('host') ?? 'localhost', '-p', setting('port') ?? '6379'],
      ...['-n', setting('db') ?? '0', ...words],
    ],
    timeout: 60_000,
    // On the command line it would be for everyone to see.
    environment: { LC_ALL: 'C.UTF-8', ...(password === undefined ? {} : { REDISCLI_AUTH: password }) },
  });
  return {
    ask: async (host, words) => outputOf(await host.inspect(request(words))),
    run: async (machine, words, value) =>
      outputOf(
        await machine.run(value === undefined ? request(words) : { ...request(['-x', ...words]), input: value }),
      ),
  };
}

function outputOf({ exitCode, stdout, stderr }: CommandResult): string {
  if (exitCode === 127) throw new AppError({ code: 'provider-missing', message: 'redis-cli is not installed' });
  const text = stdout.replace(/\n$/, '');
  if (exitCode === 0 && !/^(ERR|NOAUTH|WRONGTYPE|READONLY|WRONGPASS) /.test(text)) return text;
  throw new AppError({ code: 'state-failed', message: `Redis: ${stderr.trim() === '' ? text : stderr.trim()}` });
}
