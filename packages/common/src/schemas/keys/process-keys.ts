import { choice, optionalChoice, path, text, texts } from '../config-types.ts';

const logLevels = [
  'all',
  'garbage',
  'trace',
  'debug',
  'profile',
  'info',
  'warning',
  'error',
  'critical',
  'quiet',
] as const;

/** Keys about the process: its folders, its user and its log. `kind` is in the standard paths. */
export function processKeys(kind: 'master' | 'minion') {
  return {
    root_dir: path('/', 'The folder under which all other folders of this configuration lie.'),
    pki_dir: path(`/etc/salt/pki/${kind}`, 'Where keys are kept.'),
    cachedir: path(`/var/cache/salt/${kind}`, 'Where jobs, cached files and other state are kept.'),
    sock_dir: path(`/var/run/salt/${kind}`, 'Where Unix sockets are made.'),
    pidfile: path(`/var/run/salt-${kind}.pid`, 'The file that holds the id of the running process.'),
    log_file: path(`/var/log/salt/${kind}`, 'The file that is logged to.'),
    log_level: choice(logLevels, 'warning', 'The least important messages shown on the terminal.'),
    log_level_logfile: optionalChoice(
      logLevels,
      'The least important messages in the log file; as `log_level` if unset.',
    ),
    user: text('root', 'The user the daemon runs as.'),
    default_include: text(`${kind}.d/*.conf`, 'Which further configuration files are read, relative to the main one.'),
    include: texts([], 'Configuration files read after those of `default_include`; wildcards are allowed.'),
    hash_type: choice(
      ['sha256', 'sha512', 'sha384', 'sha224', 'sha1', 'md5'],
      'sha256',
      'The digest by which served files are compared.',
    ),
  };
}
