import { isDict, loadYaml, type Dict } from '@brine/common';
import { minionError } from '../errors.ts';
import type { CallParts } from './call-parts.ts';

/** What stays this call's, whatever a file says. */
const fixed: ReadonlySet<string> = new Set(['cachedir', 'root_dir', 'grains', 'pillar_roots', 'ext_pillar']);

/** The configuration of the call with that of a file over it (`localconfig=`). Throws `local-config`. */
export async function readLocalConfig({ request, host }: CallParts, file: string): Promise<Dict> {
  const bytes = await host.files.read(file);
  if (bytes === undefined) throw minionError('local-config', `localconfig: ${file} does not exist`);
  const { value } = loadYaml(new TextDecoder().decode(bytes), { file });
  if (!isDict(value) && value !== null) {
    throw minionError('local-config', `localconfig: ${file} is not a configuration: keys with values`);
  }
  const options: Dict = new Map(request.options);
  for (const [key, setting] of value ?? []) {
    if (typeof key !== 'string') continue;
    if (fixed.has(key)) request.log.warn('localconfig cannot set this', { key, file });
    else options.set(key, setting);
  }
  return options;
}
