import { pythonStr, type Value } from '@brine/common';
import { lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { safeName } from '../safe-name.ts';

export const tlsDir = withDefault(
  safeName('a folder').refine((name) => !name.split('/').includes('..'), 'must be below the base'),
  'tls',
).describe('Folder below that of the authorities.');
export const cacertPath = optional(safeName('a path')).describe(
  'Folder of the authorities; ca.cert_base_path unless given.',
);
export const caName = safeName('the name of an authority')
  .refine((name) => !name.split('/').includes('..'), 'must be below the base')
  .describe('Name of the authority.');
export const subject = {
  CN: withDefault(lineText(), 'localhost').describe('Whom it names.'),
  C: withDefault(lineText(), 'US').describe('Country.'),
  ST: withDefault(lineText(), 'Utah').describe('State.'),
  L: withDefault(lineText(), 'Salt Lake City').describe('Place.'),
  O: withDefault(lineText(), 'SaltStack').describe('Organization.'),
  OU: optional(lineText()).describe('Part of the organization.'),
  emailAddress: optional(lineText()).describe('Address for mail.'),
};

export const caFilename = optional(fileName()).describe('Name of the files of the authority without their endings.');
export const certFilename = optional(fileName()).describe('Name of the files without their endings; CN unless given.');
export const digest = withDefault(lineText(), 'sha256').describe('The digest that is signed.');

/** The name of a file, which leads nowhere else. */
export function fileName() {
  return safeName('the name of a file').refine((name) => !/[/\0]|^\.\.?$/.test(name), 'must be the name of a file');
}

const chosenPath = 'tls.set_ca_path';

/** Has the calls of this run look for authorities in a folder. */
export function choosePath({ memory }: FunctionContext, path: string): void {
  memory.set(chosenPath, path);
}

/** The folder of the authorities: what was given, what was chosen, what is configured. */
export function basePath({ options, memory }: FunctionContext, given: string | undefined): string {
  if (given !== undefined) return given;
  const chosen: unknown = memory.get(chosenPath);
  if (typeof chosen === 'string') return chosen;
  const configured: Value =
    options.get('ca.contextual_cert_base_path') ?? options.get('ca.cert_base_path') ?? '/etc/pki';
  return pythonStr(configured);
}

/** Which authority is meant. */
export interface AuthorityName {
  readonly ca_name: string;
  readonly cacert_path: string | undefined;
  readonly ca_filename?: string | undefined;
}

/** Where the files of an authority are. */
export interface AuthorityPlaces {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  /** What it issued, as `openssl ca` keeps it. */
  readonly index: string;
}

/** The files of an authority, whether they are there or not. */
export function placesOf(
  { ca_name: name, cacert_path: given, ca_filename: file }: AuthorityName,
  context: FunctionContext,
): AuthorityPlaces {
  const folder = `${basePath(context, given)}/${name}`;
  const base = `${folder}/${file ?? `${name}_ca_cert`}`;
  return { folder, certificate: `${base}.crt`, key: `${base}.key`, index: `${folder}/index.txt` };
}

/** Makes a folder that is not there yet. */
export async function ensureFolder({ host }: FunctionContext, path: string): Promise<void> {
  if ((await host.files.stat(path, { follow: true })) === undefined)
    await host.files.makeDirectory(path, { parents: true });
}
