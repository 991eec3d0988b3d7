import { randomBytes } from 'node:crypto';
import { pythonStr } from '@brine/common';
import type { Attributes, Host, StateContext } from '../../kit/index.ts';
import type { FileRequest } from './manage-file.ts';

/** Gives the new content to `check_cmd` before it is put in place; answers why it was refused, if it was. */
export async function checkCandidate(
  plan: { readonly request: FileRequest; readonly context: StateContext; readonly attributes: Attributes },
  machine: Host,
): Promise<string | undefined> {
  const { check_cmd, tmp_dir, tmp_ext, content } = plan.request;
  if (check_cmd === undefined) return undefined;
  const directory = tmp_dir === undefined || tmp_dir === '' ? '/tmp' : tmp_dir;
  const candidate = `${directory}/__brine.tmp.${randomBytes(6).toString('hex')}${tmp_ext ?? ''}`;
  const attributes = { ...plan.attributes, mode: plan.attributes.mode ?? 0o600 };
  if (content.path === undefined) await machine.files.write(candidate, content.bytes ?? new Uint8Array(), attributes);
  else await machine.files.writeCopy(candidate, content.path, attributes);
  try {
    const shell = pythonStr(plan.context.grains.get('shell') ?? '/bin/sh');
    const { exitCode, stdout, stderr } = await machine.run({
      command: { line: `${check_cmd} ${candidate}`, shell },
      signal: plan.context.signal,
      timeout: 600_000,
    });
    if (exitCode === 0) return undefined;
    return ['check_cmd execution failed', stdout.trimEnd(), stderr.trimEnd()].filter((part) => part !== '').join('\n');
  } finally {
    await machine.files.remove(candidate);
  }
}
