import type { ReadHost } from '../../kit/index.ts';
import { readTool } from './read-tool.ts';

/** A boolean of the policy: `on` or `off` now, and after a restart. */
export interface SelinuxBoolean {
  readonly state: string;
  readonly standard: string;
}

/** The booleans of the policy by name. Throws `state-failed`. */
export async function listBooleans(host: ReadHost): Promise<ReadonlyMap<string, SelinuxBoolean>> {
  const text = await readTool(host, ['semanage', 'boolean', '-l']);
  return new Map(
    text.split('\n').flatMap((line): [string, SelinuxBoolean][] => {
      const [, name = '', state = '', standard = ''] = /^(\S+)\s+\((\S+)\s*,\s*(\S+)\)/.exec(line) ?? [];
      return name === '' ? [] : [[name, { state, standard }]];
    }),
  );
}
