import { count, flag, mapping, optionalMapping, optionalText, path, port, seconds, text } from '../config-types.ts';

/** Keys only the master has. */
export const masterKeys = {
  id: text('', 'The name of the master in jobs and events; the host name with `_master` if unset.'),
  interface: text('0.0.0.0', 'The address the master listens on.'),
  publish_port: port(4505, 'The port on which jobs are published.'),
  ret_port: port(4506, 'The port on which minions are answered and returns are taken.'),
  worker_threads: count(5, 'How many processes compile pillar and serve requests.'),
  timeout: seconds(5, 'Seconds the command line waits before it asks whether minions still work.'),
  gather_job_timeout: seconds(10, 'Seconds minions have to say whether they still work on a job.'),
  keep_jobs_seconds: count(86_400, 'Seconds for which jobs are kept.'),
  presence_events: flag(false, 'Whether the event bus is told which minions come, go and are there.'),
  loop_interval: count(60, 'Seconds between two events that name all minions present.'),
  schedule: mapping('Runners that the master runs at their times.'),
  mine_get: optionalMapping(
    'Who may read what of the mine: patterns of minion ids, each with patterns of entries; all if unset.',
  ),
  auto_accept: flag(false, 'Whether keys of new minions are accepted unseen. Not for production.'),
  file_recv: flag(false, 'Whether minions may send files to the master (`cp.push`).'),
  file_recv_max_size: count(100, 'Megabytes that a file which a minion sends may have.'),
  file_recv_quota: count(1000, 'Megabytes that all files which one minion sent may have together.'),
  autosign_file: optionalText('A file of ids, globs and regular expressions whose keys are accepted unseen.'),
  autoreject_file: optionalText('A file of ids, globs and regular expressions whose keys are rejected unseen.'),
  autosign_grains_dir: optionalText(
    'A folder with a file for each grain: keys whose minions have a listed value are accepted.',
  ),
  autosign_timeout: count(120, 'Minutes for which a file in `minions_autosign` lets its minion in; 0 is for ever.'),
  permissive_pki_access: flag(false, 'Whether files that sign keys may be writable by their group.'),
  max_minions: count(0, 'How many minions may be connected at once; 0 is any number.'),
  pending_keys_limit: count(5000, 'How many keys may wait to be accepted; further minions are told to come later.'),
  deleted_keys_seconds: count(604_800, 'Seconds for which a deleted key can be restored by `salt-key --restore`.'),
  auth_events: flag(true, 'Whether the event bus is told of every minion that offers its key.'),
  key_logfile: path('/var/log/salt/key', 'The file that tells of every change of a key, one line each.'),
  open_mode: flag(false, 'Refused: it would let any host stand in for any minion.'),
};
