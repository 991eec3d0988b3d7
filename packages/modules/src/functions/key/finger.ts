import { createHash } from 'node:crypto';
import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readText } from '../text-file.ts';

const hashType = optional(text()).describe('The algorithm; sha256, as everywhere here, unless given.');

export const finger = defineFunction({
  name: 'key.finger',
  summary: "The fingerprint of this minion's public key; an empty text when it has none yet.",
  args: z.object({ hash_type: hashType }),
  examples: ["'*' key.finger"],
  run: ({ hash_type: algorithm }, context) => fingerprint(context, 'minion.pub', algorithm),
});

export const fingerMaster = defineFunction({
  name: 'key.finger_master',
  summary: "The fingerprint of the master's public key as this minion knows it; an empty text when it does not yet.",
  args: z.object({ hash_type: hashType }),
  examples: ["'*' key.finger_master"],
  run: ({ hash_type: algorithm }, context) => fingerprint(context, 'minion_master.pub', algorithm),
});

// The SHA-256 of the public key, in pairs of hexadecimal digits with colons between them.
async function fingerprint(
  { host, options }: FunctionContext,
  file: string,
  algorithm: string | undefined,
): Promise<string> {
  const folder = pythonStr(options.get('pki_dir') ?? '/etc/salt/pki/minion');
  const content = await readText(host, `${folder}/${file}`);
  if (content === undefined) return '';
  const digest = createHash(algorithm ?? 'sha256')
    .update(decodeKey(content))
    .digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}

// A key file is one line: what it is, whose role, and the key in base64.
function decodeKey(content: string): Uint8Array {
  return Buffer.from(content.trim().split(/\s+/).at(-1) ?? '', 'base64');
}
