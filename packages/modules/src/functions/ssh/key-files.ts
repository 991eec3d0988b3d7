import { z } from 'zod';
import { flag, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readText } from '../text-file.ts';

export const hostKeys = defineFunction({
  name: 'ssh.host_keys',
  summary: "The keys of this machine's ssh server, by type.",
  args: z.object({
    keydir: withDefault(text(), '/etc/ssh').describe('The folder of the keys.'),
    private: withDefault(flag(), true).describe('Private keys too.'),
    certs: withDefault(flag(), true).describe('Certificates too.'),
  }),
  examples: ["'*' ssh.host_keys", "'*' ssh.host_keys keydir=/etc/ssh private=False"],
  async run({ keydir, private: withPrivate, certs }, { host }) {
    const found: Record<string, string> = {};
    for (const name of (await host.files.list(keydir)) ?? []) {
      const [, type = '', suffix = '', certificate] = /^ssh_host_(.+?)_key((-cert)?\.pub)?$/.exec(name) ?? [];
      const isWanted = (suffix !== '' || withPrivate) && (certificate === undefined || certs);
      if (type !== '' && isWanted) found[`${type}${suffix}`] = (await readFile(host, `${keydir}/${name}`)) ?? '';
    }
    return found;
  },
});

const kinds = ['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519'];

export const userKeys = defineFunction({
  name: 'ssh.user_keys',
  summary: 'The keys that accounts log in with elsewhere, by account and file.',
  args: z.object({
    user: optional(textList()).describe('The account, or a list; all unless given.'),
    pubfile: optional(text()).describe('Name of the public key, or False for none; the usual ones unless given.'),
    prvfile: optional(text()).describe('Name of the private key, or False for none; the usual ones unless given.'),
  }),
  examples: ["'*' ssh.user_keys", "'*' ssh.user_keys user=user1 prvfile=False"],
  async run({ user, pubfile, prvfile }, { host }) {
    const publicNames = namesOf(
      pubfile,
      kinds.map((kind) => `${kind}.pub`),
    );
    const names = [...publicNames, ...namesOf(prvfile, kinds)];
    const found: Record<string, Record<string, string>> = {};
    for (const name of user ?? (await host.accounts()).map((account) => account.name)) {
      const home = (await host.account(name))?.home;
      const keys = home === undefined ? {} : await readFiles(host, home, names);
      if (Object.keys(keys).length > 0) found[name] = keys;
    }
    return found;
  },
});

export const keyIsEncrypted = defineFunction({
  name: 'ssh.key_is_encrypted',
  summary: 'Whether a private key is protected by a passphrase.',
  args: z.object({ key: text().describe('Path of the key.') }),
  examples: ["'*' ssh.key_is_encrypted /root/id_rsa"],
  async run({ key }, { host }) {
    const content = (await readText(host, key)) ?? '';
    if (/^Proc-Type:.*ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(content)) return true;
    const [, body = ''] = /-----BEGIN OPENSSH PRIVATE KEY-----\s*([\s\S]*?)-----END/.exec(content) ?? [];
    // The name of the cipher stands behind the magic and its own length.
    const bytes = Buffer.from(body, 'base64');
    return bytes.length > 23 && bytes.subarray(19, 19 + bytes.readUInt32BE(15)).toString('latin1') !== 'none';
  },
});

function namesOf(given: string | undefined, usual: readonly string[]): readonly string[] {
  if (given === undefined) return usual;
  return given === 'False' ? [] : [given];
}

async function readFiles(
  host: FunctionContext['host'],
  home: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const content = await readFile(host, name.startsWith('/') ? name : `${home}/.ssh/${name}`);
    if (content !== undefined) found[name.replace(/^.*\//, '')] = content;
  }
  return found;
}

async function readFile(host: FunctionContext['host'], path: string): Promise<string | undefined> {
  // A key that may not be read is as good as none.
  return (await readText(host, path).catch(() => undefined))?.trim();
}
