import { pythonStr, type Dict } from '@brine/common';
import { readTextFile } from '@brine/daemon';

/** A join token as it was configured. */
export interface HeldToken {
  readonly text: string;
  /** Of the master's key, which the token names so that it is shown to no other. */
  readonly masterFingerprint: string | undefined;
}

/** The token of `join_token`, or of the file that `join_token_file` names; `undefined` when there is none. */
export async function readJoinToken(options: Dict): Promise<HeldToken | undefined> {
  const direct = pythonStr(options.get('join_token') ?? '');
  const file = pythonStr(options.get('join_token_file') ?? '');
  const text = (direct === '' && file !== '' ? ((await readTextFile(file)) ?? '') : direct).trim();
  if (text === '') return undefined;
  const hex = text.split('.')[2] ?? '';
  return { text, masterFingerprint: /^[0-9a-f]{64}$/.test(hex) ? (hex.match(/../g) ?? []).join(':') : undefined };
}
