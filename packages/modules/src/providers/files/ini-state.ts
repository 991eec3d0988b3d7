import type { Changes, CheckOutcome } from '@brine/common';
import { isOk, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';

/** The text of an ini file; empty when it is missing. */
export async function readIniFile(host: ReadHost, path: string): Promise<string> {
  const bytes = await host.files.read(path);
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
}

/** The outcome of an ini file's edit. */
export function iniOutcome(edit: {
  readonly path: string;
  readonly text: string;
  readonly edited: string;
  readonly pending: string;
  readonly changes: Changes;
}): CheckOutcome<Host> {
  const { path, text, edited, pending, changes } = edit;
  if (text === edited) return isOk('No anomaly detected');
  return willChange({ comment: pending, changes }, (machine) =>
    attempt('', async () => {
      await machine.files.write((await machine.files.realPath(path)) ?? path, Buffer.from(edited));
      return { comment: 'Changes take effect', changes };
    }),
  );
}
