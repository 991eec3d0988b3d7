import { count, optionalMapping, seconds, texts, text } from '../config-types.ts';

/** Settings of returners that are written as a mapping; `NAME.KEY` beside them is read too. */
const settings = {
  elasticsearch: optionalMapping(
    'Settings of the returner `elasticsearch`: `hosts`, `use_ssl`, `index_date` and so on.',
  ),
  http: optionalMapping('Settings of the returner `http`: `url`, `method`, `headers`, `token` and so on.'),
  redis: optionalMapping('Settings of the returner `redis`: `host`, `port`, `db`, `password` and so on.'),
  slack_webhook: optionalMapping('Settings of the returner `slack_webhook`: `webhook`, `show_tasks` and so on.'),
};

/** Keys of a minion about where its returns go beside the master. */
export const minionReturnerKeys = {
  return: texts([], 'Returners that every return is handed to beside the master.'),
  schedule_returner: texts([], 'Returners that returns of the schedule are handed to beside those a job names.'),
  ...settings,
};

/** Keys of a master about where returns and events go beside it. */
export const masterReturnerKeys = {
  ext_job_cache: text('', 'The returner that minions hand every return to beside this master.'),
  event_return: texts([], 'Returners that the events of this master are handed to.'),
  event_return_queue: count(
    0,
    'Events that are put together before they are handed on; 0 hands on what came in a moment.',
  ),
  event_return_queue_max_seconds: seconds(0, 'Seconds after which events are handed on though the queue is not full.'),
  event_return_whitelist: texts([], 'Wildcards on tags of which only matching events are handed on.'),
  event_return_blacklist: texts([], 'Wildcards on tags of events that are not handed on.'),
  ...settings,
};
