import { dumpJson, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { returnerError } from '../errors.ts';
import { numberSetting, optionalText, textSetting } from '../read-settings.ts';
import type { Returner, ReturnerSettings } from '../returner.ts';
import { basicLogin, sendRequest } from './http-request.ts';

const stateFunctions = new Set(['state.apply', 'state.highstate', 'state.sls']);

/** Indexes returns under `salt-FUNCTION`, and events, in Elasticsearch or OpenSearch, by their HTTP API. */
export const elasticsearch: Returner = {
  prefix: 'elasticsearch',
  settings: Object.fromEntries(
    [
      ...['host', 'hosts', 'use_ssl', 'username', 'password', 'doc_type', 'functions_blacklist', 'index_date'],
      ...['master_event_index', 'master_event_doc_type', 'number_of_shards', 'number_of_replicas'],
      ...['states_order_output', 'states_count', 'states_single_index'],
    ].map((name) => [name, name]),
  ),
  defaults: {
    ...{ host: 'localhost:9200', doc_type: '_doc', master_event_doc_type: '_doc' },
    ...{ master_event_index: 'salt-master-event-cache', number_of_shards: 1, number_of_replicas: 0 },
  },
  async store(jobReturn, settings) {
    const fun = pythonStr(jobReturn.get('fun') ?? '');
    const blacklist = settings.get('functions_blacklist');
    if (Array.isArray(blacklist) && blacklist.includes(fun)) return;
    const { index, data, counts } = shapeReturn(jobReturn, fun, settings);
    const retcode = jobReturn.get('retcode') ?? 1;
    const [id, jid] = ['id', 'jid'].map((key) => pythonStr(jobReturn.get(key) ?? ''));
    await ensureIndex(index, settings);
    const document: Dict = new Map<Value, Value>([
      ['@timestamp', new Date().toISOString()],
      ['success', retcode === 0],
      ['retcode', retcode],
      ['minion', id ?? ''],
      ['fun', fun],
      ['jid', jid ?? ''],
      ['counts', counts],
      ['data', data],
    ]);
    // A return that comes again takes the place of itself.
    const place = `${index}/${textSetting(settings, 'doc_type', 'doc_type')}/${encodeURIComponent(`${jid}-${id}`)}`;
    await request(place, settings, { method: 'PUT', body: dumpJson(document) });
  },
  async storeEvents(events, settings) {
    const index = dated(textSetting(settings, 'master_event_index', 'master_event_index'), settings);
    await ensureIndex(index, settings);
    const lines = events.flatMap((event) => [
      '{"index":{}}',
      dumpJson(
        new Map<Value, Value>([
          ['tag', event.get('tag') ?? ''],
          ['data', withoutDots(event.get('data') ?? null)],
        ]),
      ),
    ]);
    const headers = { 'content-type': 'application/x-ndjson' };
    await request(`${index}/_bulk`, settings, { method: 'POST', body: `${lines.join('\n')}\n`, headers });
  },
};

function shapeReturn(
  jobReturn: Dict,
  fun: string,
  settings: ReturnerSettings,
): { readonly index: string; readonly data: Value; readonly counts: Dict } {
  const value = jobReturn.get('return') ?? null;
  const isStates = stateFunctions.has(fun);
  const name = settings.get('states_single_index') === true && isStates ? 'state_apply' : fun.replaceAll(/[.,]/g, '_');
  const index = dated(`salt-${name}`, settings);
  if (!isStates) return { index, data: withoutDots(value), counts: new Map() };
  const states: Dict = isDict(value) ? value : new Map([['return', value]]);
  const counts: Dict = new Map();
  if (settings.get('states_count') === true && isDict(value)) {
    const failed = [...value.values()].filter((step) => isDict(step) && step.get('result') === false).length;
    counts.set('succeeded', value.size - failed).set('failed', failed);
  }
  if (settings.get('states_order_output') !== true || !isDict(value))
    return { index, data: withoutDots(states), counts };
  return { index: `${index}-ordered`, data: withoutDots(ordered(value)), counts };
}

/** Keys with the number of the step before them, so that they sort in the order of the run. */
function ordered(states: Dict): Dict {
  const width = String(states.size).length;
  return new Map(
    [...states].map(([key, step]): [Value, Value] => {
      const parts = pythonStr(key).split('_|-');
      if (!isDict(step)) return [key, step];
      const number = pythonStr(step.get('__run_num__') ?? 0).padStart(width, '0');
      return [`${number}_|-${pythonStr(key)}`, new Map([...step, ['_func', `${parts[0]}.${parts.at(-1)}`]])];
    }),
  );
}

/** A dot in a key would make a tree of it. */
function withoutDots(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutDots);
  if (!isDict(value)) return value;
  const changed: Dict = new Map();
  for (const [key, item] of value) {
    const text = pythonStr(key);
    if (text.includes('.')) changed.set('_orig_key', text);
    changed.set(text.replaceAll('.', '_'), withoutDots(item));
  }
  return changed;
}

function dated(index: string, settings: ReturnerSettings): string {
  if (settings.get('index_date') !== true) return index;
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${index}-${parts.join('.')}`;
}

async function ensureIndex(index: string, settings: ReturnerSettings): Promise<void> {
  const found = await request(index, settings, { method: 'HEAD', accepts: [404] });
  if (found !== 404) return;
  const body = JSON.stringify({
    settings: {
      number_of_shards: numberSetting(settings, 'number_of_shards', 1),
      number_of_replicas: numberSetting(settings, 'number_of_replicas', 0),
    },
    aliases: { [index]: {} },
  });
  // Somebody else may have made it meanwhile.
  await request(`${index}-v1`, settings, { method: 'PUT', body, accepts: [400] });
}

interface Wish {
  readonly method: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly accepts?: readonly number[];
}

/** Asks the first host that can be reached. */
async function request(path: string, settings: ReturnerSettings, wish: Wish): Promise<number> {
  const given = settings.get('hosts') ?? settings.get('host') ?? [];
  const hosts = (Array.isArray(given) ? given : [given]).map(pythonStr);
  const scheme = settings.get('use_ssl') === true ? 'https' : 'http';
  const login = basicLogin(optionalText(settings, 'username'), optionalText(settings, 'password'));
  let reason: unknown = returnerError('returner-settings', "the returner needs the setting 'elasticsearch.hosts'");
  for (const host of hosts) {
    const base = /^https?:\/\//.test(host) ? host.replace(/\/$/, '') : `${scheme}://${host}`;
    try {
      return await sendRequest({ ...wish, url: `${base}/${path}`, headers: { ...login, ...wish.headers } });
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}
