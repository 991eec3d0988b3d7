import path from 'node:path';
import { parseMinionId, toValue, type Dict, type MinionId, type Plain, type Problem } from '@brine/common';
import { loadConfig } from '@brine/common/schemas';
import { minionError } from '../errors.ts';

/** A minion's configuration, read. */
export interface MinionOptions {
  readonly id: MinionId;
  /** Everything under Salt's key names, as functions and templates see it. */
  readonly options: Dict;
  /** Warnings to show: unknown keys and the like. */
  readonly problems: readonly Problem[];
  /** Whether there is no master to work with. */
  readonly isLocal: boolean;
}

/** Where the configuration is, and what a command line sets over it. */
export interface MinionOptionsRequest {
  readonly configDirectory: string | undefined;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** Reads the minion's configuration. Throws `config-invalid`, `config-missing` and `config-unreadable`. */
export async function loadMinionOptions(request: MinionOptionsRequest): Promise<MinionOptions> {
  const { configDirectory, overrides } = request;
  const { config, problems, configDir } = loadConfig('minion', {
    ...(configDirectory === undefined ? {} : { configDir: path.resolve(configDirectory) }),
    overrides,
  });
  const options = toValue(config as Plain) as Dict;
  const id = parseMinionId(config.id);
  if (id === undefined) throw minionError('id-invalid', `'${String(config.id)}' cannot be a minion id`);
  options.set('conf_file', path.join(configDir, 'minion'));
  options.set('config_dir', configDir);
  // Templates look at these as attributes, which have to be there.
  for (const key of ['saltenv', 'pillarenv']) if (!options.has(key)) options.set(key, null);
  options.set('__role', 'minion');
  options.set('id', id);
  const isLocal = options.get('file_client') === 'local' || options.get('master_type') === 'disable';
  options.set('local', isLocal && overrides['file_client'] === 'local');
  return { id, options, problems, isLocal };
}
