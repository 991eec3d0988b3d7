import type { CheckOutcome } from '@brine/common';
import { isOk, fails, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';

/** What Debian's Apache has in folders of what is available and what is enabled. */
export interface ApachePart {
  /** As comments name it: `module`. */
  readonly title: 'module' | 'site' | 'conf';
  /** As programs and folders do: `mod`. */
  readonly word: 'mod' | 'site' | 'conf';
  readonly ending: '.load' | '.conf';
}

export const apacheModule: ApachePart = { title: 'module', word: 'mod', ending: '.load' };
export const apacheSite: ApachePart = { title: 'site', word: 'site', ending: '.conf' };
export const apacheConf: ApachePart = { title: 'conf', word: 'conf', ending: '.conf' };

/** Compares a part of Apache with being enabled or disabled. */
export async function checkToggle(
  part: ApachePart,
  { name, isWanted }: { readonly name: string; readonly isWanted: boolean },
  host: ReadHost,
): Promise<CheckOutcome<Host>> {
  const verb = isWanted ? 'enabled' : 'disabled';
  if (!/^[\w.][\w.+-]*$/.test(name)) return fails(`The name ${name} cannot be that of an Apache ${part.title}`);
  if ((await isEnabled(part, name, host)) === isWanted) return isOk(`${name} already ${verb}.`);
  const changes = isWanted ? { old: null, new: name } : { old: name, new: null };
  return willChange({ comment: `Apache ${part.title} ${name} is set to be ${verb}.`, changes }, (machine) =>
    attempt(`Failed to ${isWanted ? 'enable' : 'disable'} ${name} Apache ${part.title}`, async () => {
      await runTool(machine, [`a2${isWanted ? 'en' : 'dis'}${part.word}`, ...(isWanted ? [] : ['--force']), name]);
      return { comment: '', changes };
    }),
  );
}

/** Whether a part is enabled: there is a link to it, with the ending or without. */
export async function isEnabled(part: ApachePart, name: string, host: ReadHost): Promise<boolean> {
  const file = name.endsWith(part.ending) ? name : `${name}${part.ending}`;
  // The default site is linked under another name.
  const first = part.word === 'site' && file === 'default.conf' ? '000-default.conf' : file;
  return (
    (await host.files.stat(`/etc/apache2/${part.word === 'conf' ? 'conf' : `${part.word}s`}-enabled/${first}`)) !==
    undefined
  );
}
