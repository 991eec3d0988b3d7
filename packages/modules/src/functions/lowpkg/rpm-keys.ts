import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { askRpm } from '../../providers/packages/rpm/rpm-database.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';
import { withScratchFile } from '../scratch-file.ts';
import { belowRoot, rpmRoot } from './rpm-root.ts';
import { requireRpm } from './rpm.ts';

const key = safeName('the name of a key').describe('Name of the key, e.g. `gpg-pubkey-3dbdc284-53674dd4`.');

export const listGpgKeys = defineFunction({
  name: 'lowpkg.list_gpg_keys',
  summary: 'The keys that rpm trusts, or with `info` what is known of each.',
  args: z.object({ info: withDefault(flag(), false).describe('Tell what is known of each.'), root: rpmRoot }),
  examples: ["'*' lowpkg.list_gpg_keys", "'*' lowpkg.list_gpg_keys info=True"],
  async run({ info, root }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.list_gpg_keys');
    const rooted = belowRoot(context, root);
    const { stdout } = await askRpm(rooted.host, ['-qa', 'gpg-pubkey*']);
    const keys = stdout.split('\n').filter((line) => line !== '');
    if (!info) return keys;
    const rows: [string, Plain][] = [];
    for (const name of keys) rows.push([name, await describeKey(name, rooted)]);
    return Object.fromEntries(rows);
  },
});

export const infoGpgKey = defineFunction({
  name: 'lowpkg.info_gpg_key',
  summary: 'What rpm knows of a key that it trusts.',
  args: z.object({ key, root: rpmRoot }),
  examples: ["'*' lowpkg.info_gpg_key gpg-pubkey-3dbdc284-53674dd4"],
  async run({ key: name, root }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.info_gpg_key');
    return describeKey(name, belowRoot(context, root));
  },
});

/** A field a line, but for the description: the lines of the key itself. */
async function describeKey(name: string, { host }: FunctionContext): Promise<Readonly<Record<string, Plain>>> {
  const { stdout } = await askRpm(host, ['-qi', name]);
  const [, block] = /^Description *:\n([\s\S]*?^-----END[^\n]*)/m.exec(stdout) ?? [];
  const rest = stdout.replace(/^Description *:\n[\s\S]*?^-----END[^\n]*/m, '');
  const rows = [...rest.matchAll(/^([^:\n]+?) *:(.*)$/gm)].map(([, field = '', value = '']): [string, Plain] => [
    field,
    readField(field, value.trim()),
  ]);
  return Object.fromEntries(block === undefined ? rows : [...rows, ['Description', block]]);
}

function readField(field: string, value: string): Plain {
  if (field.includes('Size') && /^\d+$/.test(value)) return Number(value);
  return value.includes('(none)') ? null : value;
}

export const importGpgKey = defineFunction({
  name: 'lowpkg.import_gpg_key',
  summary: 'Has rpm trust a key; answers whether that went well.',
  args: z.object({ key: text().describe('The key, `-----BEGIN PGP PUBLIC KEY BLOCK-----` and so on.'), root: rpmRoot }),
  examples: ["'*' lowpkg.import_gpg_key '-----BEGIN PGP PUBLIC KEY BLOCK-----'"],
  async run({ key: block, root }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.import_gpg_key');
    return importKey(block, root, context);
  },
});

export const removeGpgKey = defineFunction({
  name: 'lowpkg.remove_gpg_key',
  summary: 'Has rpm trust a key no more; answers whether that went well.',
  args: z.object({ key, root: rpmRoot }),
  examples: ["'*' lowpkg.remove_gpg_key gpg-pubkey-3dbdc284-53674dd4"],
  async run({ key: name, root }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.remove_gpg_key');
    if (!name.startsWith('gpg-pubkey-')) throw failure(`${name} is no key: their names begin with gpg-pubkey-`);
    return rpmSucceeds([...rootWords(root), '-e', name], context);
  },
});

/** Has rpm trust a key, below a root if there is one. */
export async function importKey(block: string, root: string | undefined, context: FunctionContext): Promise<boolean> {
  const file = { content: Buffer.from(block), extension: '.asc', runas: undefined };
  return withScratchFile(file, context, (path) => rpmSucceeds([...rootWords(root), '--import', path], context));
}

function rootWords(root: string | undefined): readonly string[] {
  return root === undefined ? [] : ['--root', root];
}

async function rpmSucceeds(words: readonly string[], context: FunctionContext): Promise<boolean> {
  const result = await runProgram(context, ['rpm', ...words], { timeout: 300_000 });
  if (result.exitCode !== 0) {
    context.log.error('rpm failed', { said: complaint(result) });
    context.setRetcode(result.exitCode);
  }
  return result.exitCode === 0;
}
