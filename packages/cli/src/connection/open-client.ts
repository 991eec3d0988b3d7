import { accessSync, constants, existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isDict, loginSocketPath, userSocketPath, type MasterSettings } from '@brine/common';
import { cliError, usageExitCode } from '../errors.ts';
import type { AuthFlags } from '../options/auth-options.ts';
import { createCommandLog } from '../log/command-log.ts';
import type { LogFlags } from '../options/log-options.ts';
import { askWords } from './ask-word.ts';
import { bodyOf, createControlClient, type ControlClient } from './control-client.ts';
import { readTokenFile, tokenFilePath, writeTokenFile } from './token-file-store.ts';

/**
 * A client of the master: through its own socket for its owner, through a socket of one's own for users whom
 * `publisher_acl` names, else by a login, given now (`--auth`) or kept earlier (`--make-token`).
 */
export async function openClient(settings: MasterSettings, flags: AuthFlags & LogFlags = {}): Promise<ControlClient> {
  const log = createCommandLog(flags, settings);
  const method = flags.auth ?? flags.eauth ?? flags.externalAuth;
  const file = tokenFilePath(settings.values);
  if (method === undefined) {
    if (flags.makeToken === true) {
      throw cliError('usage', '--make-token keeps a login, which --auth is needed for', { exitCode: usageExitCode });
    }
    const own = ownSocket(settings);
    if (own !== undefined) return createControlClient({ socketPath: own, log });
    const token = readTokenFile(file);
    const path = loginSocketPath(settings.sockDir);
    return token === undefined || !existsSync(path)
      ? createControlClient({ socketPath: settings.socketPath, log })
      : createControlClient({ socketPath: path, token, log });
  }
  const path = ownSocket(settings) ?? firstThere(loginSocketPath(settings.sockDir), settings.socketPath);
  const token = await logIn(createControlClient({ socketPath: path, log }), method, flags);
  if (flags.makeToken === true) writeTokenFile(file, token);
  return createControlClient({ socketPath: path, token, log });
}

/** The socket that this user may use without a login. */
function ownSocket({ socketPath, sockDir }: MasterSettings): string | undefined {
  return [socketPath, userSocketPath(sockDir, userInfo().username)].find(isUsable);
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function firstThere(path: string, otherwise: string): string {
  return existsSync(path) ? path : otherwise;
}

async function logIn(client: ControlClient, eauth: string, flags: AuthFlags): Promise<string> {
  const wanted = [
    { given: flags.username, question: 'username: ', isSecret: false },
    { given: flags.password, question: 'password: ', isSecret: true },
  ];
  const asked = wanted.filter(({ given }) => given === undefined);
  const answers = [...(asked.length === 0 ? [] : await askWords(asked))];
  const [username = '', password = ''] = wanted.map(({ given }) => given ?? answers.shift() ?? '');
  const login = await client.post('/v1/login', bodyOf({ username, password, eauth }));
  const token = isDict(login) ? login.get('token') : undefined;
  if (typeof token === 'string') return token;
  throw cliError('master-answer', 'the master did not answer with a token');
}
