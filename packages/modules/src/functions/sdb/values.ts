import { isDict, loadYaml, mergeValues, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, givenValue, integer, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readText } from '../text-file.ts';
import { isTruthy } from '../../kit/truth.ts';
import { readSqlite, writeSqlite } from './sqlite-store.ts';
import { readVault, writeVault } from './vault.ts';

const uri = text().describe('Address: `sdb://PROFILE/KEY`.');

export const get = defineFunction({
  name: 'sdb.get',
  summary: 'A value out of a store that the configuration names; what is no such address is answered as it is.',
  args: z.object({ uri, strict: withDefault(flag(), false).describe('Fail rather than answer the address.') }),
  examples: ["'*' sdb.get sdb://mymemcached/foo", "'*' sdb.get sdb://mymemcached/foo strict=True"],
  run: ({ uri: address, strict }, context) => readValue(address, strict, context),
});

export const set = defineFunction({
  name: 'sdb.set',
  summary: 'Puts a value into a store; answers what the store says, or false for what is no address.',
  args: z.object({ uri, value: givenValue().describe('The value.') }),
  examples: ["'*' sdb.set sdb://mymemcached/foo bar"],
  run: ({ uri: address, value }, context) => writeValue(address, value, context),
});

export const del = defineFunction({
  name: 'sdb.delete',
  summary: 'Takes a value out of a store; answers false for what is no address.',
  args: z.object({ uri }),
  examples: ["'*' sdb.delete sdb://mymemcached/foo"],
  run({ uri: address }, context) {
    const found = findStore(address, context);
    if (typeof found === 'string') return false;
    throw failure(`The sdb driver '${found.driver}' cannot delete values.`);
  },
});

export const getOrSetHash = defineFunction({
  name: 'sdb.get_or_set_hash',
  summary: 'A value out of a store; a random text is put there first when there is none.',
  args: z.object({
    uri,
    length: withDefault(integer(), 8).describe('Length of the random text.'),
    chars: withDefault(text(), 'abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)').describe('What it is made of.'),
  }),
  examples: ["'*' sdb.get_or_set_hash sdb://environment/salt_test 12"],
  async run({ uri: address, length, chars }, context) {
    const present = await readValue(address, false, context);
    if (present !== null && present !== address) return present;
    await writeValue(address, await context.call('random.get_str', [length], new Map([['chars', chars]])), context);
    return readValue(address, false, context);
  },
});

const drivers: readonly string[] = ['env', 'sqlite3', 'vault', 'yaml'];

interface Store {
  readonly driver: string;
  readonly profile: Dict;
  readonly key: string;
}

async function readValue(address: string, isStrict: boolean, context: FunctionContext): Promise<Value> {
  const found = findStore(address, context);
  if (typeof found === 'string') {
    if (isStrict) throw failure(found);
    return address;
  }
  if (found.driver === 'env') return context.host.environment(found.key) ?? null;
  if (found.driver === 'vault') return readVault(found.key, found.profile, context);
  if (found.driver === 'sqlite3') return readSqlite(found.key, found.profile);
  return traverse(await readFiles(found, context), found.key) ?? null;
}

async function writeValue(address: string, value: Value, context: FunctionContext): Promise<Value> {
  const found = findStore(address, context);
  if (typeof found === 'string') return false;
  if (found.driver === 'vault') return writeVault(found.key, value, found.profile, context);
  if (found.driver === 'sqlite3') return writeSqlite(found.key, value, found.profile);
  if (found.driver !== 'env') throw failure(`The sdb driver '${found.driver}' cannot set values.`);
  const present = context.host.environment(found.key);
  // A variable that is set stays, as in Salt.
  if (present === undefined) context.host.setEnvironment(found.key, pythonStr(value));
  return present ?? value;
}

function findStore(address: string, { options, pillar }: FunctionContext): Store | string {
  if (!address.startsWith('sdb://')) return 'SDB uri must start with "sdb://"';
  const [, name, key] = /^sdb:\/\/([^/]*)\/(.+)$/s.exec(address) ?? [];
  if (name === undefined || key === undefined)
    return 'SDB uri must have a profile name as a first part of the uri before the /';
  const profile = [options.get(name), pillar.get(name)].find((each) => isDict(each) && each.size > 0);
  const driver = isDict(profile) ? profile.get('driver') : undefined;
  if (!isDict(profile) || typeof driver !== 'string')
    return `SDB profile "${name}" wasnt found in the minion configuration`;
  if (!drivers.includes(driver)) {
    const known = drivers.join(', ');
    throw failure(`The sdb driver '${driver}' of the profile '${name}' is not supported; these are: ${known}.`);
  }
  return { driver, profile, key };
}

async function readFiles({ profile }: Store, context: FunctionContext): Promise<Value> {
  const files = profile.get('files') ?? [];
  let all: Value = new Map();
  for (const file of Array.isArray(files) ? files.map(pythonStr) : [pythonStr(files)]) {
    const content = await readText(context.host, file);
    if (content === undefined) context.log.error('a file of an sdb store is missing', { file });
    else all = mergeValues(all, await parse(file, content, { profile, context }), 'recurse');
  }
  return all;
}

function parse(
  file: string,
  content: string,
  { profile, context }: { readonly profile: Dict; readonly context: FunctionContext },
): Promise<Value> | Value {
  if (!isTruthy(profile.get('gpg') ?? false)) return loadYaml(content, { file }).value;
  if (context.renderPipeline === undefined) throw failure('Values encrypted for gpg cannot be read here.');
  return context.renderPipeline({ text: content, file, pipeline: 'yaml|gpg', context: new Map(), saltenv: 'base' });
}
