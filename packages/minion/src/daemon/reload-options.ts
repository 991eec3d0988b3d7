import { setOrDelete, type Dict, type Logger } from '@brine/common';
import { changedKeys } from '@brine/daemon';
import type { Companions } from './companions.ts';
import type { MasterSession } from './master-session.ts';

/** Keys that a daemon works by from its start on; every other key reaches the next job, or a part that takes it over. */
const restartKeys: ReadonlySet<string> = new Set([
  ...[
    'id',
    'root_dir',
    'pki_dir',
    'cachedir',
    'sock_dir',
    'pidfile',
    'user',
    'conf_file',
    'config_dir',
    'extension_modules',
  ],
  ...['master', 'master_port', 'master_type', 'master_uri_format', 'master_finger', 'publish_port', 'source_address'],
  ...[
    'random_master',
    'master_shuffle',
    'master_failback',
    'master_failback_interval',
    'master_alive_interval',
    'auth_timeout',
  ],
  ...['recon_default', 'recon_max', 'recon_randomize', 'retry_dns', 'join_token', 'join_token_file', 'ipv6'],
  ...['process_count_max', 'file_client', 'startup_states', 'sls_list', 'top_file', 'converge', 'mine_interval'],
  'mine_enabled',
  ...['default_include', 'append_domain', 'minion_id_caching', 'minion_id_lowercase', 'minion_id_remove_domain'],
]);

/** Takes over what can change. The options are changed in place: whoever needs one asks for it then. */
export function reloadOptions(
  { options, logger }: { readonly options: Dict; readonly logger: Logger },
  parts: { readonly session: Pick<MasterSession, 'reconfigured'>; readonly companions: Pick<Companions, 'configure'> },
  wanted: Dict,
): void {
  const changed = changedKeys(options, wanted);
  const live = changed.filter((key) => !restartKeys.has(key));
  for (const key of live) setOrDelete(options, key, wanted.get(key));
  parts.session.reconfigured();
  if (live.length > 0) parts.companions.configure(options);
  logger.info('configuration was read again', { changed: live });
  const waiting = changed.filter((key) => restartKeys.has(key));
  if (waiting.length > 0) logger.warn('changes of the configuration wait for a restart', { keys: waiting });
}
