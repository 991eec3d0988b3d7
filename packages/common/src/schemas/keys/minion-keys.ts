import { z } from 'zod';
import {
  choice,
  count,
  flag,
  mapping,
  namesToArguments,
  optionalText,
  path,
  port,
  seconds,
  text,
  texts,
} from '../config-types.ts';

/** Keys only the minion has. */
export const minionKeys = {
  id: text('', 'The minion’s id; from the file `minion_id` beside the configuration or the host name if unset.'),
  minion_id_caching: flag(true, 'Whether the id found out is kept in the file `minion_id`.'),
  minion_id_lowercase: flag(false, 'Whether an id found out is turned to lower case.'),
  minion_id_remove_domain: z.union([z.boolean(), z.string()]).default(false).meta({
    type: 'true, false, or domains separated by commas',
    description: 'Which domain is cut off an id found out.',
  }),
  append_domain: optionalText('A domain appended to ids that do not end in it.'),
  master: z
    .union([z.string(), z.array(z.string()).readonly()])
    .default('salt')
    .meta({ type: 'a host, `host:port`, or a list of them', description: 'The master or masters; standard: `salt`.' }),
  master_port: port(4506, 'The port of the master that requests go to.'),
  publish_port: port(4505, 'The port of the master that jobs come from.'),
  master_finger: text('', 'The fingerprint the master’s key must have.'),
  master_type: choice(['str', 'failover', 'disable'], 'str', 'One master, the first of several that answers, or none.'),
  join_token: text('', 'A join token of the master’s `salt-key --token`, which lets this minion in by itself.'),
  join_token_file: optionalText('A file that holds a join token, read at every connect; it may be gone later.'),
  autosign_grains: texts([], 'Grains that the master is told when it is to decide on this minion’s key.'),
  master_alive_interval: count(0, 'Seconds between two looks whether the master lives; 0 leaves it to the master.'),
  auth_timeout: count(
    0,
    'Seconds that an attempt waits for its master, e.g. before the next of a list is tried; 0 stands for 30, or 10 for a list.',
  ),
  master_failback: flag(false, 'Whether to go back to the first master of a list when it is there again.'),
  master_failback_interval: count(0, 'Seconds between two looks whether the first master is there again.'),
  random_master: flag(false, 'Whether the masters of a list are tried in random order.'),
  master_shuffle: flag(false, 'The same as `random_master`.'),
  file_client: choice(
    ['remote', 'local'],
    'remote',
    'Whether files and pillar come from the master or from this host.',
  ),
  http_connect_timeout: count(
    20,
    'Seconds until a connection to a web or FTP server must stand; then it may be silent for 5 minutes.',
  ),
  http_request_timeout: count(3600, 'Seconds until a file of a web or FTP server must be here.'),
  program_timeout: seconds(
    3600,
    'Seconds that a program of a state or function may run which has no limit of its own; 0 for any time. Commands of `cmd.*` and of conditions have none.',
  ),
  program_timeouts: mapping(
    'Seconds that single programs may run, by name (`apt-get`, `git`, `rsync`), before all other limits; 0 for any time.',
  ),
  proxy_host: text('', 'Host of the web proxy that pip goes through; nothing else does.'),
  proxy_port: count(0, 'Its port.'),
  proxy_username: text('', 'The user who logs in to it.'),
  proxy_password: text('', 'Password of that user.'),
  verify_ssl: flag(true, 'Whether the certificates of web servers that files come from are checked.'),
  multifunc_ordered: flag(false, 'Whether several functions in one job are answered as a list in their order.'),
  grains: mapping('Grains set by hand.'),
  grains_cache: flag(false, 'Whether grains are kept on disk and taken from there while they are fresh.'),
  grains_cache_expiration: count(300, 'Seconds for which kept grains are fresh.'),
  grains_refresh_every: count(0, 'Minutes after which grains are collected anew, and pillar with them; 0 for never.'),
  grains_blacklist: texts([], 'Grains that are left out: globs or regular expressions. Those set by hand stay.'),
  grains_dirs: texts([], 'Folders with modules of grains, beside those that are synced from the tree.'),
  disable_grains: texts(
    [],
    'Modules of grains that do not run, by name; also Salt’s own `core`, `disks`, `extra`, `lvm`, `minion_process`.',
  ),
  autoload_dynamic_modules: flag(true, 'Whether a highstate syncs the modules of grains of the tree first.'),
  clean_dynamic_modules: flag(true, 'Whether a sync removes modules that the tree does not have any more.'),
  extension_modules: path('/var/cache/salt/minion/extmods', 'The folder that modules of the tree are synced into.'),
  extmod_whitelist: mapping('The only modules that are synced, by kind: `grains` with a list of names.'),
  extmod_blacklist: mapping('Modules that are not synced, by kind: `grains` with a list of names.'),
  grains_deep_merge: flag(false, 'Whether dictionaries of the same name are merged, instead of replaced.'),
  start_event_grains: texts([], 'Grains that the event of the start carries.'),
  vault: mapping(
    'The Vault that sdb:// addresses of the driver `vault` are read from: `url`, `auth` with a `token`, `namespace`.',
  ),
  x509_signing_policies: mapping('What certificates are signed by, by name; also in pillar.'),
  mine_functions: namesToArguments('What this minion puts into the mine. More can be in pillar.'),
  mine_interval: count(60, 'Minutes between two updates of the mine; 0 for the one at the start only.'),
  mine_return_job: flag(false, 'Whether updates of the mine are jobs whose returns the master keeps.'),
  mine_enabled: flag(true, 'Whether the mine is updated at the start and at intervals.'),
  enable_gpu_grains: flag(true, 'Whether graphics cards are looked for.'),
  enable_lvm_grains: flag(true, 'Whether volumes of LVM are looked for.'),
  server_id_use_crc: z
    .union([z.boolean(), z.string()])
    .default(false)
    .meta({ type: 'true, false, or the name of a checksum', description: 'How the grain `server_id` is computed.' }),
  file_cache_max_size: count(
    5000,
    'Megabytes of the master’s files that are kept; beyond it the longest unused go. 0 keeps all.',
  ),
  recon_default: count(1000, 'Milliseconds before the first try to connect again.'),
  recon_max: count(10_000, 'Milliseconds added at most to `recon_default` at random, or by and by.'),
  recon_randomize: flag(true, 'Whether the time before connecting again is left to chance.'),
  state_queue: z.union([z.boolean(), z.int()]).default(false).meta({
    type: 'true, false, or how many',
    description: 'Whether runs of states wait for one under way, instead of being refused.',
  }),
  pillarenv_from_saltenv: flag(false, 'Whether `saltenv` chooses the environment of pillar too.'),
  schedule: mapping('Jobs that the minion runs at their times.'),
  beacons: mapping('What the minion watches and tells the master of, by the names of the beacons.'),
  converge: mapping(
    'How the minion keeps itself in its described state: `interval`, `splay`, `mode` (`enforce` or `report`), `watch`.',
  ),
  startup_states: choice(
    ['', 'highstate', 'sls', 'top'],
    '',
    'Which states run when the minion has started: the highstate, those of `sls_list`, or those of `top_file`.',
  ),
  sls_list: texts([], 'The states of `startup_states: sls`.'),
  top_file: text('', 'The top file of `startup_states: top`.'),
  minion_restart_command: texts(
    [],
    'The program and its arguments that `minion.restart` runs when the minion has ended.',
  ),
  cmd_safe: flag(true, 'Whether commands run from templates without a shell unless they ask for one.'),
};
