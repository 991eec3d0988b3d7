import { basename } from 'node:path';
import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { secret } from '../../kit/secret-arguments.ts';
import { failure } from '../failure.ts';
import { deliverMail, type MailServer } from './deliver-mail.ts';

const args = z.object({
  recipient: lineText().describe('Who gets it; several are separated by commas.'),
  message: text().describe('The text.'),
  subject: withDefault(lineText(), 'Message from Salt').describe('The subject.'),
  sender: optional(lineText()).describe('Who it is from.'),
  server: optional(lineText()).describe('The server, with `:PORT` when it is not the usual one.'),
  use_ssl: withDefault(text(), 'True').describe(
    '`True`: encrypted from the start (port 465). Else port 25, encrypted when the server offers it.',
  ),
  username: optional(text()).describe('Account to log in with.'),
  password: secret(optional(text())).describe('Its password.'),
  profile: optional(text()).describe(
    'Name of a setting with `smtp.server`, `smtp.tls`, `smtp.sender`, `smtp.username` and `smtp.password`.',
  ),
  attachments: optional(textList()).describe('Paths of files of this machine to add.'),
});

export const sendMsg = defineFunction({
  name: 'smtp.send_msg',
  summary: 'Sends a mail. Answers whether the server took it; why it did not is in the log.',
  args,
  examples: [
    "'*' smtp.send_msg 'admin@example.com' 'This is a salt module test' profile='my-smtp-account'",
    "'*' smtp.send_msg 'admin@example.com' 'The disk is full' username='myuser' password='verybadpass' " +
      "sender='admin@example.com' server='smtp.domain.com' attachments=\"['/var/log/messages']\"",
  ],
  async run({ recipient, message, subject, attachments, ...given }, context) {
    const settings = given.profile === undefined ? given : await readProfile(given.profile, context);
    const { sender } = settings;
    if (sender === undefined) throw failure('A mail needs a sender: sender, or smtp.sender of the profile');
    const recipients = recipient.split(',').map((one) => one.trim());
    const outcome = await deliverMail(
      serverOf(settings),
      {
        envelope: { from: sender, to: recipients },
        ...{ from: sender, to: recipients, subject, text: message },
        attachments: await readAttachments(attachments ?? [], context),
      },
      context.signal,
    );
    if (outcome === 'sent') return true;
    context.log.warn('a mail was not taken', { reason: outcome.refusal });
    return false;
  },
});

interface Settings {
  readonly sender: string | undefined;
  readonly server: string | undefined;
  readonly use_ssl: string | true;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

async function readProfile(name: string, { call }: FunctionContext): Promise<Settings> {
  const profile = await call('config.option', [name]);
  if (!isDict(profile)) throw failure(`The profile '${name}' is not in the configuration, nor in the pillar.`);
  const tls = profile.get('smtp.tls');
  return {
    sender: memberOf(profile, 'smtp.sender'),
    server: memberOf(profile, 'smtp.server'),
    use_ssl: tls === true ? tls : pythonStr(tls ?? ''),
    username: memberOf(profile, 'smtp.username'),
    password: memberOf(profile, 'smtp.password'),
  };
}

function memberOf(profile: Dict, key: string): string | undefined {
  const value: Value = profile.get(key) ?? null;
  return value === null ? undefined : pythonStr(value);
}

/** In Salt the boolean of a profile means STARTTLS, the word `True` a connection that is encrypted from the start. */
function serverOf({ server, use_ssl: encryption, username, password }: Settings): MailServer {
  const [, host, port] = /^(\[[\da-f:]+\]|[^:\s]+)(?::(\d{1,5}))?$/i.exec(server ?? '') ?? [];
  if (host === undefined) throw failure(`'${server ?? ''}' is no server for mails: server=NAME or NAME:PORT`);
  const isEncrypted = encryption === 'True' || encryption === 'true';
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (isEncrypted ? 465 : 25)),
    encryption: isEncrypted ? 'at once' : encryption === true ? 'needed' : 'offered',
    ...loginOf(username, password),
  };
}

function loginOf(user = '', pass = ''): Pick<MailServer, 'login'> {
  return user === '' || pass === '' ? {} : { login: { user, pass } };
}

async function readAttachments(paths: readonly string[], { host }: FunctionContext) {
  const files = paths.map(async (path) => {
    const content = await host.files.read(path);
    if (content === undefined) throw failure(`${path} does not exist`);
    return { filename: basename(path), content: Buffer.from(content), contentType: 'application/octet-stream' };
  });
  return Promise.all(files);
}
