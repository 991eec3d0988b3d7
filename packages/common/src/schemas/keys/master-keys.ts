import { z } from 'zod';
import { count, flag, list, mapping, optionalText, path, port, seconds, text, texts } from '../config-types.ts';

/** Keys only the master has. */
export const masterKeys = {
  id: text('', 'The name of the master in jobs and events; the host name with `_master` if unset.'),
  interface: text('0.0.0.0', 'The address the master listens on.'),
  publish_port: port(4505, 'The port on which jobs are published.'),
  ret_port: port(4506, 'The port on which minions are answered and returns are taken.'),
  worker_threads: count(5, 'How many processes compile pillar and serve requests.'),
  timeout: seconds(5, 'Seconds the command line waits before it asks whether minions still work.'),
  gather_job_timeout: seconds(10, 'Seconds minions have to say whether they still work on a job.'),
  keep_jobs: count(24, 'Hours for which jobs are kept; `keep_jobs_seconds` goes before.'),
  keep_jobs_seconds: count(86_400, 'Seconds for which jobs are kept.'),
  job_cache: flag(true, 'Whether jobs and returns are kept at all.'),
  auto_accept: flag(false, 'Whether keys of new minions are accepted unseen. Not for production.'),
  open_mode: flag(false, 'Refused: it would let any host stand in for any minion.'),
  autosign_file: path(
    '/etc/salt/autosign.conf',
    'Ids whose keys are accepted unseen: texts, wildcards or expressions.',
  ),
  autosign_grains_dir: optionalText(
    'A folder with one file a grain, listing the values whose minions are accepted unseen.',
  ),
  autoreject_file: path('/etc/salt/autoreject.conf', 'Ids whose keys are rejected unseen.'),
  publisher_acl: mapping('Which users besides root may run which functions on which minions.'),
  publisher_acl_blacklist: mapping('Users and functions that `publisher_acl` never lets through.'),
  external_auth: mapping('Who may log in through the HTTP API, and what they may do.'),
  token_expire: count(43_200, 'Seconds for which a login lasts.'),
  peer: mapping('Which functions minions may run on other minions.'),
  peer_run: mapping('Which runners minions may run.'),
  reactor: list('Which files are rendered and carried out when which events occur.'),
  event_return: z
    .union([z.string(), z.array(z.string()).readonly()])
    .default('')
    .meta({ type: 'a name or a list of names', description: 'Where events are stored besides.' }),
  minion_data_cache: flag(true, 'Whether the master keeps minions’ grains and mine for targeting.'),
  file_recv: flag(false, 'Whether minions may send files with `cp.push`.'),
  file_recv_max_size: count(100, 'Megabytes a file sent with `cp.push` may have.'),
  schedule: mapping('Runners that run at certain times.'),
  rest_cherrypy: mapping('The HTTP API: port, host, certificate; also for `rest_tornado`.'),
  netapi_enable_clients: texts([], 'The clients (`local`, `runner`, …) that the HTTP API serves.'),
};
