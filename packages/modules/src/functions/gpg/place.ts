import { optional, lineText } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { findKeyring, passphraseOf, type Keyring, type KeyringPlace } from '../../providers/gpg/keyring.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';

export const user = optional(lineText()).describe('Whose keys; `salt` for those of the minion (gpgkeys).');
export const gnupghome = optional(safeName('a path')).describe('Folder of the keys, in place of that of the user.');

/** The keyring that is meant. */
export function keyringOf({ host, options }: FunctionContext, place: KeyringPlace): Promise<Keyring> {
  return findKeyring(host, place, options);
}

/** The passphrase of the pillar when it is to be used; throws when there is none. */
export function passphraseFor({ pillar }: FunctionContext, isUsed: boolean): string | undefined {
  if (!isUsed) return undefined;
  const passphrase = passphraseOf(pillar);
  if (passphrase === undefined) throw failure('gpg_passphrase not available in pillar.');
  return passphrase;
}
