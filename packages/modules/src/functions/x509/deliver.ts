import type { Plain } from '@brine/common';
import { optional, withDefault, flag } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { wrapPem } from '../../providers/x509/keys.ts';
import { safeName } from '../safe-name.ts';

/** Arguments of what is answered or written to a file. */
export const deliveryArguments = {
  path: optional(safeName('a path')).describe('A file to write it to.'),
  overwrite: withDefault(flag(), true).describe('Replace a file that is there.'),
  raw: optional(flag()).describe('Accepted for Salt: what is binary is answered in base64.'),
};

/** Where something goes, and how. */
export interface Delivery {
  readonly encoding: string;
  readonly path: string | undefined;
  readonly overwrite: boolean;
}

/** Something encoded, as text of PEM or in bytes. */
export interface Encoded {
  readonly content: string | Buffer;
  /** What it is called: `CSR` … */
  readonly noun: string;
}

/** Answers what was made, binary in base64, or writes it for everybody to read and says where. */
export async function deliver({ host }: FunctionContext, wish: Delivery, { content, noun }: Encoded): Promise<Plain> {
  const isText = typeof content === 'string';
  if (wish.path === undefined) return isText ? content : content.toString('base64');
  if (!wish.overwrite && (await host.files.stat(wish.path)) !== undefined)
    return `The file at ${wish.path} exists and overwrite was set to false`;
  await host.files.write(wish.path, isText ? Buffer.from(content) : content, { mode: 0o644 });
  return `${wish.encoding === 'pem' ? 'PEM' : noun} written to ${wish.path}`;
}

/** DER in PEM of a kind, or as it is. */
export function encodeAs(encoding: 'pem' | 'der', kind: string, content: Buffer): string | Buffer {
  return encoding === 'pem' ? wrapPem(kind, content) : content;
}
