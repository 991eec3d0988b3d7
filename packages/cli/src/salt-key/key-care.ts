import type { Value } from '@brine/common';
import { cliError, usageExitCode } from '../errors.ts';
import type { OutputWriter } from '../output/output-writer.ts';
import { askYesNo } from './ask.ts';
import type { Keys } from './key-source.ts';

/** The options about join tokens, undone deletions and new keys. */
export interface CareFlags {
  readonly token?: string;
  readonly id?: string;
  /** Milliseconds. */
  readonly expires?: number;
  readonly restore?: string;
  readonly rotateMaster?: boolean;
  readonly rotate?: string;
  readonly genKeys?: string;
  readonly genKeysDir?: string;
  readonly yes?: boolean;
}

/** What these options work with. */
export interface CarePorts {
  readonly keys: Keys;
  readonly writer: OutputWriter;
  /** Shows a line for people; nothing with `--quiet`. */
  readonly say: (line: string) => void;
}

const standardExpiry = 3_600_000;

/** Does what one of {@link CareFlags} asks; resolves with the status, or `undefined` when none does. */
export async function careForKeys(
  flags: CareFlags,
  words: readonly string[],
  ports: CarePorts,
): Promise<number | undefined> {
  if (flags.token !== undefined) return careForTokens(flags.token, { flags, words, ports });
  if (flags.restore !== undefined) return restoreKeys(flags.restore, ports);
  if (flags.rotateMaster === true) return rotateMaster(flags, ports);
  if (flags.rotate !== undefined) return rotateMinions(flags.rotate, ports);
  return undefined;
}

interface TokenCall {
  readonly flags: CareFlags;
  readonly words: readonly string[];
  readonly ports: CarePorts;
}

async function careForTokens(action: string, { flags, words, ports }: TokenCall): Promise<number> {
  const { keys, writer, say } = ports;
  switch (action) {
    case 'create': {
      const created = await keys.createToken({ match: flags.id ?? '*', milliseconds: flags.expires ?? standardExpiry });
      // To standard output alone and whole, so that it can be put into a file or a variable.
      process.stdout.write(`${created.token}\n`);
      say(`Lets in one minion '${created.match}' until ${new Date(created.expiresAt).toISOString()}: \`join_token\`.`);
      return 0;
    }
    case 'list': {
      const tokens = await keys.tokens();
      const rows = tokens.map(({ name, match, status, expiresAt, usedBy }): [Value, Value] => [
        name,
        new Map<Value, Value>([
          ['id', match],
          ['status', status],
          ['expires', new Date(expiresAt).toISOString()],
          ...(usedBy === undefined ? [] : [['used by', usedBy] as [Value, Value]]),
        ]),
      ]);
      writer.write(new Map(rows), 'nested');
      return 0;
    }
    case 'revoke': {
      const [name] = words;
      if (name === undefined) throw usage('which token? salt-key --token revoke NAME');
      const { name: revoked } = await keys.revokeToken(name);
      say(`Join token ${revoked} revoked.`);
      return 0;
    }
    default:
      throw usage(`'${action}' is nothing that can be done with join tokens; there are: create, list, revoke`);
  }
}

async function restoreKeys(match: string, { keys, say }: CarePorts): Promise<number> {
  for (const { id, state } of await keys.restore(match)) say(`Key for minion ${id} restored: it is ${state}.`);
  return 0;
}

async function rotateMaster({ yes }: CareFlags, { keys, say }: CarePorts): Promise<number> {
  if (yes !== true) {
    const answer = await askYesNo('Give this master a new key? Its minions follow by themselves. [N/y] ', false);
    if (answer === undefined) throw cliError('unanswered', "nobody answered, so nothing was changed; '-y' goes on");
    if (!answer) return 0;
  }
  const { from, fingerprint } = await keys.rotateMaster();
  say(`The master's key is new.\nfrom: ${from}\nto:   ${fingerprint}`);
  return 0;
}

async function rotateMinions(match: string, { keys, say }: CarePorts): Promise<number> {
  const answers = await keys.rotateMinions(match);
  for (const { id, status, fingerprint } of answers) {
    if (status === 'asked') say(`Minion ${id} renews its key: ${fingerprint}`);
    else if (status === 'waiting') say(`Minion ${id} is not connected: it renews its key when it comes back.`);
    else say(`Minion ${id} could not renew its key now (see its log): it is asked again when it connects next.`);
  }
  return answers.every(({ status }) => status !== 'failed') ? 0 : 1;
}

function usage(message: string): Error {
  return cliError('usage', message, { exitCode: usageExitCode });
}
