import { isDict, pythonStr, type Dict } from '@brine/common';
import type { z } from 'zod';
import { anyValue, optional, text } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { ModuleContext } from '../../kit/context.ts';
import type { ReadHost } from '../../kit/host.ts';
import { keyLength } from '../../providers/nacl/boxes.ts';
import { failure } from '../failure.ts';
import { readText } from '../text-file.ts';

/** What all functions take to find their keys; what is not given comes from `nacl.config` of the configuration. */
export const keyArguments = {
  sk: secret(optional(text())).describe('The secret key itself, in base64.'),
  sk_file: optional(text()).describe('The file of the secret key.'),
  pk: optional(text()).describe('The public key itself, in base64.'),
  pk_file: optional(text()).describe('The file of the public key.'),
  box_type: optional(text()).describe('`sealedbox` (the standard) or `secretbox`.'),
  key: secret(optional(text())).describe('The same as `sk`, for a secretbox; from before there were sealed boxes.'),
  keyfile: optional(text()).describe('The same as `sk_file`, for a secretbox; from before there were sealed boxes.'),
};

/** What is to be encrypted or decrypted. */
export const messageArgument = { data: secret(anyValue()).describe('The text.') };

export type KeyArguments = Partial<z.infer<z.ZodObject<typeof keyArguments>>>;

/** Where keys are looked for: `nacl.config` counts in the configuration and the pillar, never in grains, which anybody sets. */
export interface KeySurroundings extends Pick<ModuleContext, 'options'> {
  readonly host: ReadHost;
  readonly pillar?: Dict;
}

/** Whether a message goes into a secretbox instead of a sealed box. Throws when neither is asked for. */
export function usesSecretbox(given: KeyArguments, surroundings: KeySurroundings): boolean {
  if (given.key !== undefined || given.keyfile !== undefined) return true;
  const type = given.box_type ?? settingText(configured(surroundings), 'box_type') ?? 'sealedbox';
  if (type !== 'sealedbox' && type !== 'secretbox')
    throw failure(`box_type ${type} is neither sealedbox nor secretbox`);
  return type === 'secretbox';
}

/** The secret key. Throws when there is none, or it is not one. */
export async function secretKeyOf(given: KeyArguments, surroundings: KeySurroundings): Promise<Uint8Array> {
  const settings = configured(surroundings);
  const own = given.key ?? given.sk ?? settingText(settings, 'sk');
  const file = given.keyfile ?? given.sk_file ?? settingText(settings, 'sk_file');
  return readKey(
    { text: own, file: file ?? standardFile(surroundings, 'nacl'), what: 'no key or sk_file found' },
    surroundings,
  );
}

/** The public key. Throws when there is none, or it is not one. */
export async function publicKeyOf(given: KeyArguments, surroundings: KeySurroundings): Promise<Uint8Array> {
  const settings = configured(surroundings);
  const own = given.pk ?? settingText(settings, 'pk');
  const file = given.pk_file ?? settingText(settings, 'pk_file') ?? standardFile(surroundings, 'nacl.pub');
  return readKey({ text: own, file, what: 'no pubkey or pk_file found' }, surroundings);
}

interface KeyPlace {
  readonly text: string | undefined;
  readonly file: string;
  /** What is said when there is no such file. */
  readonly what: string;
}

async function readKey({ text: own, file, what }: KeyPlace, { host }: KeySurroundings): Promise<Uint8Array> {
  const written = own ?? (await readText(host, file));
  if (written === undefined) throw failure(`${what}: there is no ${file}`);
  const key = fromBase64(written.trim());
  if (key?.length === keyLength) return key;
  throw failure(`${own === undefined ? file : 'what was given'} is not a key: ${keyLength} bytes in base64 are one`);
}

/** The bytes that base64 stands for; `undefined` when it is not base64. */
export function fromBase64(text_: string): Uint8Array | undefined {
  const compact = text_.replaceAll(/\s/g, '');
  const isWhole = /^[A-Za-z0-9+/]*={0,2}$/.test(compact) && compact.length % 4 === 0;
  return isWhole ? new Uint8Array(Buffer.from(compact, 'base64')) : undefined;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function configured({ options, pillar }: KeySurroundings): Dict {
  const settings = options.get('nacl.config') ?? pillar?.get('nacl.config');
  return settings !== undefined && isDict(settings) ? settings : new Map();
}

function settingText(settings: Dict, name: string): string | undefined {
  const value = settings.get(name) ?? null;
  return value === null || value === '' ? undefined : pythonStr(value);
}

// The folder `master` below the keys of whoever asks, which for a master is its own name twice, as in Salt.
function standardFile({ options }: KeySurroundings, name: string): string {
  return `${pythonStr(options.get('pki_dir') ?? '/etc/salt/pki/minion')}/master/${name}`;
}
