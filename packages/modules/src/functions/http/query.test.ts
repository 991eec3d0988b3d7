import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { encodeValue, toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function serve(answer: (asked: Asked, response: ServerResponse) => void) {
  const seen: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const asked = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(asked);
      answer(asked, response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const host = createFakeHost({
  files: {
    '/srv/body': 'from a file',
    '/srv/headers': 'X-One: 1\nX-Place: http://a:8/\n',
    '/out/x': '',
  },
});
const query = async (url: string, keyword: Record<string, Plain> = {}): Promise<unknown> =>
  toPlain((await callScratch('http.query', { host, positional: [url], keyword })).value);
const textOf = async (path: string): Promise<string> => Buffer.from((await host.files.read(path)) ?? '').toString();

describe('http.query', () => {
  it('always answers the body, and more when it is asked for', async () => {
    const { address } = await serve((_, response) => response.setHeader('x-a', 'b').end('x\n'));
    expect(await query(address)).toEqual({ body: 'x\n' });
    expect(await query(address, { status: true, text: true })).toEqual({ body: 'x\n', text: 'x\n', status: 200 });
    expect(await query(address, { headers: true })).toMatchObject({ headers: { 'X-A': 'b' } });
    expect(await query(address, { no_such_option: 1 })).toEqual({ body: 'x\n' });
  });

  it('decodes by the type of content', async () => {
    const kinds: Record<string, string> = {
      '/json': '{"a": 1}',
      '/yaml': 'a: 1\n',
      '/xml': '<r><a>1</a><b><c>2</c><c>3</c></b></r>',
      '/plain': 'words',
    };
    const { address } = await serve(({ url = '' }, response) =>
      response.setHeader('content-type', `application${url}`).end(kinds[url]),
    );
    const decoded = (path: string) => query(`${address}${path}`, { decode: true });
    expect(await decoded('/json')).toEqual({ body: kinds['/json'], dict: { a: 1 } });
    expect(await decoded('/yaml')).toEqual({ body: kinds['/yaml'], dict: { a: 1 } });
    expect(await decoded('/xml')).toEqual({ body: kinds['/xml'], dict: [{ a: '1' }, { c: ['2', { c: '3' }] }] });
    expect(await decoded('/plain')).toEqual({ body: 'words', text: 'words' });
    expect(await query(`${address}/plain`, { decode: true, decode_type: 'json' })).toMatchObject({
      error: expect.stringContaining('the answer is no JSON') as string,
    });
  });

  it('answers an error for a page that is one, unless told not to', async () => {
    const { address } = await serve((_, response) => response.writeHead(404, 'Not Here').end('page'));
    expect(await query(address)).toEqual({ status: 404, error: 'HTTP 404: Not Here' });
    expect(await query(address, { raise_error: false, status: true })).toEqual({ body: 'page', status: 404 });
  });

  it('sends parameters, headers, logins, forms and files', async () => {
    const { address, seen } = await serve((_, response) => response.end('ok'));
    await query(`${address}/?q=1`, {
      params: { a: 'b c' },
      header_dict: { 'X-Dict': 'd' },
      header_list: ['X-List: l'],
      header_file: '/srv/headers',
      auth: ['me', 'secret'],
    });
    await query(address, { method: 'POST', data: { a: 1 }, agent: 'me', params: 'x=y' });
    await query(address, { method: 'PUT', data_file: '/srv/body' });
    await query(address, {
      method: 'POST',
      data: 'c',
      formdata: true,
      formdata_fieldname: 'f',
      formdata_filename: 'n',
    });
    expect(seen[0]).toMatchObject({
      url: '/?q=1&a=b+c',
      headers: {
        ...{ 'x-dict': 'd', 'x-list': 'l', 'x-one': '1', 'x-place': 'http://a:8/' },
        ...{
          authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
          'user-agent': 'Salt/3006 http.query()',
        },
      },
    });
    expect(seen[1]).toMatchObject({ method: 'POST', url: '/?x=y', body: 'a=1', headers: { 'user-agent': 'me' } });
    expect(seen[1]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(seen[2]).toMatchObject({ method: 'PUT', body: 'from a file' });
    expect(seen[3]?.body).toMatch(/^--\w+\r\n.*name="f"; filename="n"\r\n\r\nc\r\n--\w+--\r\n$/);
    expect(await query(address, { formdata: true })).toEqual({
      error: 'formdata_fieldname is required when formdata=True',
    });
    await expect(query(address, { data_file: '/srv/none' })).rejects.toThrow('/srv/none does not exist');
  });

  it('writes what it got to files', async () => {
    const { address } = await serve((_, response) => response.setHeader('x-a', 'b').end('{}'));
    await query(address, { text_out: '/out/text', headers_out: '/out/headers', decode: true, decode_out: '/out/dict' });
    expect([await textOf('/out/text'), await textOf('/out/dict')]).toEqual(['{}', '{}']);
    expect(await textOf('/out/headers')).toContain('X-A: b\n');
  });

  it('asks nothing in a test, or the address for tests', async () => {
    const { address, seen } = await serve((_, response) => response.end('ok'));
    expect(await query(address, { test: true })).toEqual({});
    expect(await query('http://none.invalid/', { test: true, test_url: address })).toEqual({ test: true, body: 'ok' });
    expect(seen).toHaveLength(1);
  });

  it('follows redirections, as a GET and without the login where it is led elsewhere', async () => {
    const other = await serve((_, response) => response.end('there'));
    const { address } = await serve((_, response) => response.writeHead(302, { location: other.address }).end());
    const asked = { method: 'POST', data: 'x', username: 'me', password: 'secret' };
    expect(await query(address, asked)).toEqual({ body: 'there' });
    expect(other.seen).toMatchObject([{ method: 'GET', body: '' }]);
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
    expect(await query(address, { follow_redirects: false, status: true })).toEqual({ body: '', status: 302 });
  });

  it('unpacks what is compressed and reads other character sets', async () => {
    const { address } = await serve(({ url }, response) =>
      url === '/gzip'
        ? response.setHeader('content-encoding', 'gzip').end(gzipSync('packed'))
        : response.setHeader('content-type', 'text/plain; charset=iso-8859-1').end(Buffer.from([0xe9])),
    );
    expect(await query(`${address}/gzip`)).toEqual({ body: 'packed' });
    expect(await query(address)).toEqual({ body: 'é' });
  });

  it('keeps lasting cookies in either format, for where they belong', async () => {
    const { address, seen } = await serve((_, response) =>
      response
        .setHeader('set-cookie', [
          'sid="a b"; Max-Age=3600; Path=/in',
          'gone=1; Max-Age=0',
          'session=2',
          'theirs=3; Domain=example.com; Max-Age=60',
        ])
        .end(),
    );
    for (const cookie_format of ['lwp', 'mozilla']) {
      const jar = { cookies: true, cookie_jar: `/out/${cookie_format}`, cookie_format };
      seen.length = 0;
      for (const path of ['in', 'in/deep', 'inner']) await query(`${address}/${path}`, jar);
      expect(seen.map(({ headers }) => headers.cookie)).toEqual([undefined, 'sid="a b"', undefined]);
    }
    expect(await textOf('/out/lwp')).toMatch(
      /^#LWP-Cookies-2\.0\nSet-Cookie3: sid="\\"a b\\""; path="\/in"; domain="127\.0\.0\.1"; path_spec; expires="[\d :-]+Z"; version=0\n$/,
    );
    expect(await textOf('/out/mozilla')).toMatch(
      /^# Netscape HTTP Cookie File\n127\.0\.0\.1\tFALSE\t\/in\tFALSE\t\d+\tsid\t"a b"\n$/,
    );
  });

  it('keeps a session, also one that Salt kept', async () => {
    const { address, seen } = await serve(({ url }, response) =>
      response.setHeader('set-cookie', `sid=${url ?? ''}; Path=/; HttpOnly`).end(),
    );
    const session = { persist_session: true, session_cookie_jar: '/out/session' };
    const saltWrote = encodeValue(
      new Map([['Cookie', 'old=1; Path=/; HttpOnly; expires=Thu, 01 Jan 2099 00:00:00 GMT']]),
    );
    await host.files.write('/out/session', saltWrote);
    for (const path of ['a', 'b', 'c']) await query(`${address}/${path}`, session);
    expect(seen.map(({ headers }) => headers.cookie)).toEqual(['old=1', 'sid=/a', 'sid=/b']);
  });

  it('hands the answer over with status and headers', async () => {
    const { address } = await serve((_, response) => response.setHeader('x-a', 'b').end('ok'));
    const told = {
      handle: { status: 200, reason: 'OK', headers: expect.objectContaining({ 'X-A': 'b' }) as object },
      body: 'ok',
    };
    expect([await query(address, { handle: true }), await query(address, { stream: true })]).toEqual([told, told]);
    await expect(query(address, { streaming_callback: 'f' })).rejects.toThrow('from within Python');
  });

  it('tells why there is no answer', async () => {
    const { address } = await serve(() => undefined);
    const host = address.slice('http://'.length);
    expect(await query(address, { timeout: 0.1 })).toEqual({
      status: 599,
      error: `HTTP 599: ${host}: timed out after 0.1 seconds`,
    });
    expect(await query('http://127.0.0.1:1/', { status: true })).toEqual({
      status: 0,
      error: '[Errno 111] Connection refused',
    });
    expect(await query('http://none.invalid/')).toEqual({
      error: expect.stringMatching(/^\[Errno -[23]\] (?:Name or service not known|Temporary failure)/) as string,
    });
    expect(await query('http://127.0.0.1:1/', { raise_error: false })).toEqual({ body: null });
    const cut = await serve((_, response) => response.socket?.destroy());
    expect(await query(cut.address)).toEqual({ status: 599, error: 'HTTP 599: Stream closed' });
    await expect(query('nonsense')).rejects.toThrow("'nonsense' is no address.");
    await expect(query('ftp://x/')).rejects.toThrow('asks http:// and https:// only');
    await expect(query(address, { header_dict: { 'a b': 'c' } })).rejects.toThrow("The header 'a b'");
  });

  it('trusts a certificate that it knows, or any when told to', async () => {
    const make = async (name: string, keyword: Record<string, Plain>): Promise<string> =>
      String(toPlain((await callScratch(name, { host, keyword })).value));
    const key = await make('x509.create_private_key', { algo: 'ec' });
    const cert = await make('x509.create_certificate', {
      ...{ signing_private_key: key, CN: 'server', subjectAltName: 'IP:127.0.0.1', days_valid: 1 },
      basicConstraints: 'critical, CA:TRUE',
    });
    await host.files.write('/srv/ca.pem', Buffer.from(cert));
    const server = createTlsServer({ key, cert }, (_, response) => response.end('safe'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await query(address)).toEqual({ error: expect.stringContaining('self-signed certificate') as string });
    expect(await query(address, { verify_ssl: false })).toEqual({ body: 'safe' });
    expect(await query(address, { ca_bundle: '/srv/ca.pem' })).toEqual({ body: 'safe' });
    await expect(query(address, { ca_bundle: '/srv/none' })).rejects.toThrow('/srv/none does not exist');
  });
});
