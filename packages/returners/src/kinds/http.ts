import { dumpJson, isDict, pythonStr } from '@brine/common';
import { optionalText, textSetting } from '../read-settings.ts';
import type { Returner, ReturnerSettings } from '../returner.ts';
import { basicLogin, sendRequest } from './http-request.ts';

/** Sends each return, or a list of events, as JSON to a web server. */
export const http: Returner = {
  prefix: 'http',
  settings: {
    ...{ url: 'url', method: 'method', headers: 'headers' },
    ...{ username: 'username', password: 'password', token: 'token' },
  },
  defaults: { method: 'POST' },
  store: async (jobReturn, settings) => send(dumpJson(jobReturn), settings),
  storeEvents: async (events, settings) => send(dumpJson([...events]), settings),
};

async function send(body: string, settings: ReturnerSettings): Promise<void> {
  const headers = settings.get('headers');
  const token = optionalText(settings, 'token');
  await sendRequest({
    url: textSetting(settings, 'url', 'http.url'),
    method: textSetting(settings, 'method', 'http.method').toUpperCase(),
    body,
    headers: {
      ...basicLogin(optionalText(settings, 'username'), optionalText(settings, 'password')),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(headers !== undefined && isDict(headers)
        ? Object.fromEntries([...headers].map(([name, value]) => [pythonStr(name), pythonStr(value)]))
        : {}),
    },
  });
}
