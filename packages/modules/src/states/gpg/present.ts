import { isAppError, type Changes, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  isOk,
  operand,
  optional,
  text,
  textList,
  willChange,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import {
  findKey,
  findKeyring,
  listKeys,
  reasonOf,
  receiveKeys,
  setTrust,
  trustLevels,
  type Keyring,
  type ListedKey,
} from '../../providers/gpg/keyring.ts';

const keyName = text().refine((name) => /^[\w.@+: -]+$/.test(name) && !name.startsWith('-'), 'must be the id of a key');

/** `gpg.present` */
export const present = defineState({
  name: 'gpg.present',
  summary: 'Has public keys in a keyring, fetched from a key server when they are not there.',
  args: z.object({
    name: keyName.describe('The id of the key: short, long, or its fingerprint.'),
    keys: optional(textList()).describe('Ids of several keys, in place of the name.'),
    user: optional(operand()).describe('Whose keyring; `salt` for that of the minion.'),
    keyserver: optional(operand()).describe('The key server; keys.openpgp.org unless given.'),
    gnupghome: optional(operand()).describe('Folder of the keyring, in place of that of the user.'),
    trust: optional(operand()).describe(`How far its owner is trusted: one of ${[...trustLevels.keys()].join(', ')}.`),
  }),
  examples: [
    `3FAD9F1E53C96788:
  gpg.present:
    - keyserver: keyserver.ubuntu.com
    - trust: fully`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    if (args.trust !== undefined && !trustLevels.has(args.trust)) return fails(`Invalid trust level ${args.trust}`);
    const names = args.keys ?? [args.name];
    const bad = names.find((name) => !keyName.safeParse(name).success);
    if (bad !== undefined) return fails(`${bad} is no id of a key`);
    try {
      const keyring = await findKeyring(context.host, args, context.options);
      return await checkKeys(names, { ...args, keyring }, context);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

interface Wish {
  readonly keyring: Keyring;
  readonly keyserver: string | undefined;
  readonly trust: string | undefined;
}

async function checkKeys(names: readonly string[], wish: Wish, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const current = await listKeys(host, wish.keyring);
  const plans = names.map((name) => planKey(name, find(current, name), wish.trust));
  const comment = plans.flatMap(({ lines }) => lines).join('\n');
  const changes: Changes = Object.fromEntries(
    plans.flatMap(({ name, change }) => (change === undefined ? [] : [[name, change]])),
  );
  if (Object.keys(changes).length === 0) return isOk(comment);
  return willChange({ comment, changes }, async (machine) => {
    for (const { name, isAbsent } of plans)
      if (isAbsent) {
        const { exitCode, stderr } = await receiveKeys(machine, wish.keyring, { ...wish, keys: [name] });
        if (exitCode !== 0) return failed(`Key ${name} was not received: ${reasonOf(stderr)}`);
      }
    const there = await listKeys(machine, wish.keyring);
    for (const { name, setsTrust } of plans) {
      const key = find(there, name);
      if (key === undefined) return failed(`The key server has another key for ${name}`);
      const level = trustLevels.get(wish.trust ?? '')?.number;
      if (!setsTrust || level === undefined) continue;
      const { exitCode, stderr } = await setTrust(machine, wish.keyring, { fingerprint: key.fingerprint, level });
      if (exitCode !== 0) return failed(`Trust of ${name} was not set: ${reasonOf(stderr)}`);
    }
    return { comment, changes };
  });
}

function failed(comment: string): { readonly failed: true; readonly comment: string; readonly changes: Changes } {
  return { failed: true, comment, changes: {} };
}

function find(keys: readonly ListedKey[], name: string): ListedKey | undefined {
  const id = name.replace(/^0x/i, '').toUpperCase();
  return findKey(keys, { keyid: id, fingerprint: id });
}

interface KeyPlan {
  readonly name: string;
  readonly isAbsent: boolean;
  readonly setsTrust: boolean;
  readonly lines: readonly string[];
  readonly change: Changes | undefined;
}

const letterOf: Readonly<Record<string, string>> = {
  ...{ expired: 'e', unknown: 'q', not_trusted: 'n', marginally: 'm', fully: 'f', ultimately: 'u' },
};

function planKey(name: string, key: ListedKey | undefined, trust: string | undefined): KeyPlan {
  const letter = key?.ownerTrust === '-' ? 'q' : key?.ownerTrust;
  const setsTrust = trust !== undefined && letter !== letterOf[trust];
  const trustLines =
    trust === undefined
      ? []
      : [
          setsTrust
            ? `Set trust level for ${name} to ${trust}`
            : `GPG Public Key ${name} already in correct trust state`,
        ];
  if (key === undefined)
    return {
      ...{ name, isAbsent: true, setsTrust, lines: [`Adding ${name} to GPG keychain`, ...trustLines] },
      change: { old: '', new: 'present' },
    };
  const lines = [...trustLines, `GPG Public Key ${name} already in keychain `];
  return { name, isAbsent: false, setsTrust, lines, change: setsTrust ? { trust } : undefined };
}
