import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket, createServer as createTlsServer, createSecureContext } from 'node:tls';
import { pythonStr, toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

/** What a server of this test can do. */
interface Ability {
  readonly startsTls?: boolean;
  readonly isEncrypted?: boolean;
  /** The answer to a command, by its first word, instead of its usual one. */
  readonly answers?: Readonly<Record<string, string>>;
}

let [key, certificate] = ['', ''];
beforeAll(async () => {
  const make = async (name: string, keyword: Readonly<Record<string, Plain>>): Promise<string> =>
    pythonStr((await callScratch(name, { host, keyword })).value);
  key = await make('x509.create_private_key', { algo: 'ec' });
  const names = { CN: 'server', subjectAltName: 'IP:127.0.0.1', days_valid: 1 };
  certificate = await make('x509.create_certificate', { signing_private_key: key, ...names });
});

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server as RFC 5321 has it: it takes every mail unless told otherwise, and writes down what it was told. */
async function serve(ability: Ability = {}) {
  const seen: { lines: string[]; mails: string[]; isEncrypted: boolean } = { lines: [], mails: [], isEncrypted: false };
  const talk = (socket: Socket, canUpgrade: boolean): void => {
    let [rest, isData] = ['', false];
    const answerLine = (line: string): void => {
      if (isData) return;
      const word = line.split(' ')[0]?.toUpperCase() ?? '';
      seen.lines.push(line);
      const said = ability.answers?.[word] ?? usual(word, canUpgrade);
      socket.write(`${said}\r\n`);
      if (word === 'DATA' && said.startsWith('354')) isData = true;
      if (word === 'STARTTLS' && said.startsWith('220')) upgrade(socket);
    };
    socket.on('error', () => {});
    socket.on('data', (piece: Buffer) => {
      rest += piece.toString();
      const end = isData ? rest.indexOf('\r\n.\r\n') : -1;
      if (isData && end < 0) return;
      if (isData) {
        seen.mails.push(rest.slice(0, end));
        rest = rest.slice(end + 5);
        isData = false;
        socket.write('250 taken\r\n');
      }
      for (let at = rest.indexOf('\r\n'); at >= 0 && !isData; at = rest.indexOf('\r\n')) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 2);
        answerLine(line);
      }
    });
  };
  const upgrade = (socket: Socket): void => {
    socket.removeAllListeners('data');
    seen.isEncrypted = true;
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext({ key, cert: certificate }),
    });
    talk(secured, false);
  };
  const greet = (socket: Socket): void => {
    sockets.push(socket);
    socket.write('220 test ESMTP\r\n');
    talk(socket, ability.startsTls === true);
  };
  const server =
    ability.isEncrypted === true ? createTlsServer({ key, cert: certificate }, greet) : createServer(greet);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { seen, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function usual(word: string, canUpgrade: boolean): string {
  if (word === 'EHLO') return `250-test\r\n${canUpgrade ? '250-STARTTLS\r\n' : ''}250 AUTH PLAIN`;
  const usualAnswers: Readonly<Record<string, string>> = {
    STARTTLS: '220 go on',
    AUTH: '235 welcome',
    DATA: '354 go on',
    QUIT: '221 bye',
  };
  return usualAnswers[word] ?? '250 fine';
}

const host = createFakeHost({ files: { '/var/log/messages': 'one\ntwo\n' } });

async function send(keyword: Readonly<Record<string, Plain>>, settings: Readonly<Record<string, Plain>> = {}) {
  const positional = ['ada@example.com, bob@example.com', 'The disk is full'];
  return toPlain((await callScratch('smtp.send_msg', { host, positional, keyword, options: settings })).value);
}

const plain = { use_ssl: 'False', sender: 'salt@example.com' };

describe('smtp.send_msg', () => {
  it('sends a mail to several with what is attached', async () => {
    const { seen, address } = await serve();
    const subject = 'Größe';
    expect(await send({ ...plain, server: address, subject, attachments: ['/var/log/messages'] })).toBe(true);
    expect(seen.lines.filter((line) => /^(?:MAIL|RCPT)/.test(line))).toEqual([
      'MAIL FROM:<salt@example.com>',
      'RCPT TO:<ada@example.com>',
      'RCPT TO:<bob@example.com>',
    ]);
    const [mail = ''] = seen.mails;
    expect(mail).toContain('To: ada@example.com, bob@example.com');
    expect(mail).toContain('Subject: =?UTF-8?Q?Gr=C3=B6=C3=9Fe?=');
    expect(mail).toContain('The disk is full');
    expect(mail).toContain('filename=messages');
    expect(mail).toContain(Buffer.from('one\ntwo\n').toString('base64'));
  });

  it('logs in, encrypted where the server can be', async () => {
    const { seen, address } = await serve({ startsTls: true });
    expect(await send({ ...plain, server: address, username: 'ada', password: 'verybadpass' })).toBe(true);
    expect(seen.isEncrypted).toBe(true);
    expect(seen.lines).toContain(`AUTH PLAIN ${Buffer.from('\0ada\0verybadpass').toString('base64')}`);
  });

  it('reads a profile, whose boolean means that nothing goes in the clear', async () => {
    const { seen, address } = await serve();
    const profile = {
      'smtp.server': address,
      'smtp.sender': 'a@example.com',
      'smtp.username': 'u',
      'smtp.password': 'p',
    };
    const open = { ...profile, 'smtp.tls': false };
    const closed = { ...profile, 'smtp.tls': true };
    expect(await send({ profile: 'mine' }, { mine: open })).toBe(true);
    expect(seen.mails).toHaveLength(1);
    await expect(send({ profile: 'mine' }, { mine: closed })).rejects.toThrow('cannot be spoken to');
    expect(seen.lines.filter((line) => line.startsWith('AUTH'))).toHaveLength(1);
    await expect(send({ profile: 'none' })).rejects.toThrow("The profile 'none' is not in the configuration");
  });

  it('checks the certificate of what has to be encrypted', async () => {
    const encrypted = await serve({ isEncrypted: true });
    await expect(send({ sender: 'a@example.com', server: encrypted.address })).rejects.toThrow(/certificate/);
    expect(encrypted.seen.mails).toEqual([]);
  });

  it.each([
    ['the login', { AUTH: '535 no' }],
    ['the sender', { MAIL: '550 no' }],
    ['every recipient', { RCPT: '550 no' }],
    ['the mail', { DATA: '554 no' }],
  ])('answers false when the server does not take %s', async (_what, answers) => {
    const { seen, address } = await serve({ answers });
    expect(await send({ ...plain, server: address, username: 'ada', password: 'verybadpass' })).toBe(false);
    expect(seen.mails).toEqual([]);
  });

  it('says what is wrong', async () => {
    await expect(send({ server: '127.0.0.1' })).rejects.toThrow('A mail needs a sender');
    await expect(send({ ...plain })).rejects.toThrow("'' is no server for mails");
    await expect(send({ ...plain, server: 'a b' })).rejects.toThrow("'a b' is no server for mails");
    await expect(send({ ...plain, server: '127.0.0.1:1' })).rejects.toThrow('127.0.0.1:1 cannot be spoken to: ');
    const missing = send({ ...plain, server: '127.0.0.1:1', attachments: ['/none'] });
    await expect(missing).rejects.toThrow('/none does not exist');
    const twoLines = callScratch('smtp.send_msg', { host, positional: ['a@b\nBcc: c@d', 'x'], keyword: plain });
    await expect(twoLines).rejects.toThrow('must be text on one line');
  });

  it('ends at once when the call is cancelled', async () => {
    const silent = createServer((socket) => {
      sockets.push(socket);
      controller.abort(new Error('cancelled'));
    });
    const controller = new AbortController();
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const server = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const keyword = { ...plain, server };
    const context = { signal: controller.signal };
    const call = callScratch('smtp.send_msg', { host, positional: ['a@example.com', 'x'], keyword, context });
    await expect(call).rejects.toThrow('cancelled');
  });
});
