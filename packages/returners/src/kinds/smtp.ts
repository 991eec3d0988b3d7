import { readFile } from 'node:fs/promises';
import { getDict, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { createJinja } from '@brine/jinja';
import { returnerError } from '../errors.ts';
import { flagSetting, numberSetting, optionalText, textSetting } from '../read-settings.ts';
import type { Returner, ReturnerSettings } from '../returner.ts';

/** Milliseconds until a server must have answered. */
const timeout = 30_000;

const standardBody = [
  'id: {{id}}',
  'function: {{fun}}',
  'function args: {{fun_args}}',
  'jid: {{jid}}',
  'return: {{return}}',
  '',
].join('\r\n');

/** Sends each return, or the data of each event, as a mail. Subject and body are templates that see its members. */
export const smtp: Returner = {
  prefix: 'smtp',
  settings: {
    ...{ from: 'from', to: 'to', host: 'host', port: 'port', username: 'username', password: 'password' },
    ...{ subject: 'subject', fields: 'fields', tls: 'tls', template: 'template', gpgowner: 'gpgowner' },
    ...{ renderer: 'renderer' },
  },
  defaults: { port: 25, subject: 'Email from Salt' },
  store: async (jobReturn, settings) => send([jobReturn], settings),
  async storeEvents(events, settings) {
    const told = events.map((event) => getDict(event, 'data')).filter((one): one is Dict => isDict(one ?? null));
    await send(told, settings);
  },
};

async function send(messages: readonly Dict[], settings: ReturnerSettings): Promise<void> {
  refuseUnknown(settings);
  const { createTransport } = (await import('nodemailer')).default;
  const user = optionalText(settings, 'username');
  const pass = optionalText(settings, 'password');
  const transport = createTransport({
    host: textSetting(settings, 'host', 'smtp.host'),
    port: numberSetting(settings, 'port', 25),
    requireTLS: flagSetting(settings, 'tls'),
    ignoreTLS: !flagSetting(settings, 'tls'),
    ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout },
    ...(user === undefined || pass === undefined ? {} : { auth: { user, pass } }),
  });
  try {
    for (const message of messages) await transport.sendMail(await compose(message, settings));
  } finally {
    transport.close();
  }
}

async function compose(message: Dict, settings: ReturnerSettings): Promise<object> {
  const fields = (optionalText(settings, 'fields') ?? '').split(',').filter((name) => message.has(name));
  const words = [textSetting(settings, 'subject', 'smtp.subject'), ...fields.map((name) => shown(message.get(name)))];
  const file = optionalText(settings, 'template');
  return {
    from: textSetting(settings, 'from', 'smtp.from'),
    to: textSetting(settings, 'to', 'smtp.to').split(','),
    subject: render('smtp.subject', words.join(' '), message).trim(),
    text:
      file === undefined ? render('mail', standardBody, message) : render(file, await readFile(file, 'utf8'), message),
  };
}

function shown(value: Value | undefined): string {
  return value === undefined ? '' : pythonStr(value);
}

function render(file: string, text: string, variables: Dict): string {
  const refuse = (): never => {
    throw returnerError('returner-failed', 'a mail cannot call functions or include files');
  };
  const jinja = createJinja({ undefined: 'lenient' }, { loader: { load: refuse }, call: refuse });
  return jinja.render({ file, text }, variables).text;
}

/** What would leave a mail readable for others must not be passed over. */
function refuseUnknown(settings: ReturnerSettings): void {
  if (settings.has('gpgowner'))
    throw returnerError('returner-settings', 'mails cannot be encrypted yet (smtp.gpgowner)');
  const renderer = optionalText(settings, 'renderer') ?? 'jinja';
  if (renderer !== 'jinja')
    throw returnerError('returner-settings', `smtp.renderer can only be jinja, not ${renderer}`);
}
