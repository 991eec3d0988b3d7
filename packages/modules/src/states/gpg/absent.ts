import { isAppError, type Changes } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, operand, optional, text, textList, willChange } from '../../kit/index.ts';
import { deleteKey, findKey, findKeyring, hasSecret, listKeys, reasonOf } from '../../providers/gpg/keyring.ts';

/** `gpg.absent` */
export const absent = defineState({
  name: 'gpg.absent',
  summary: 'Has public keys in no keyring; a key whose secret part is there stays, and the state fails.',
  args: z.object({
    name: text().describe('The id of the key: short, long, or its fingerprint.'),
    keys: optional(textList()).describe('Ids of several keys, in place of the name.'),
    user: optional(operand()).describe('Whose keyring; `salt` for that of the minion.'),
    gnupghome: optional(operand()).describe('Folder of the keyring, in place of that of the user.'),
  }),
  examples: [
    `3FAD9F1E53C96788:
  gpg.absent: []`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    try {
      const { host } = context;
      const keyring = await findKeyring(host, args, context.options);
      const current = await listKeys(host, keyring);
      const names = args.keys ?? [args.name];
      const found = names.map((name) => {
        const id = name.replace(/^0x/i, '').toUpperCase();
        return { name, key: findKey(current, { keyid: id, fingerprint: id }) };
      });
      const secrets = await Promise.all(
        found.map(async ({ key }) => key !== undefined && (await hasSecret(host, keyring, key))),
      );
      const guarded = found.find((_, index) => secrets[index] === true);
      if (guarded !== undefined)
        return fails(
          `The secret key of ${guarded.name} is there; it is lost only by gpg.delete_key with delete_secret`,
        );
      const comment = found
        .map(({ name, key }) =>
          key === undefined ? `${name} not found in GPG keychain` : `Deleting ${name} from GPG keychain`,
        )
        .join('\n');
      const gone = found.flatMap(({ name, key }) =>
        key === undefined ? [] : [{ name, fingerprint: key.fingerprint }],
      );
      if (gone.length === 0) return isOk(comment);
      const changes: Changes = Object.fromEntries(gone.map(({ name }) => [name, { old: 'present', new: '' }]));
      return willChange({ comment, changes }, async (machine) => {
        for (const { name, fingerprint } of gone) {
          const { exitCode, stderr } = await deleteKey(machine, keyring, { fingerprint });
          if (exitCode !== 0)
            return { failed: true, comment: `${name} was not deleted: ${reasonOf(stderr)}`, changes: {} };
        }
        return { comment, changes };
      });
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});
