import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRemoteCache } from '../store/remote-cache-store.ts';
import { withRemoteFiles } from './remote-files.ts';
import type { Tree } from './tree.ts';

let folder = '';
const open: (http.Server | net.Server)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brine-remote-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const noTree = { server: { fetch: async () => undefined } } as unknown as Tree;

function makeServer(): Tree['server'] {
  return withRemoteFiles(noTree, { cache: createRemoteCache(folder), options: new Map() }).server;
}

async function listen(server: http.Server | net.Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('files of web servers', () => {
  const seen: string[] = [];
  const answer: http.RequestListener = (request, response) => {
    const marked = request.headers['if-none-match'] === '"one"';
    seen.push(`${request.url ?? ''}${marked ? ' marked' : ''} ${request.headers.authorization ?? ''}`.trim());
    if (request.url === '/moved') return response.writeHead(302, { location: '/file' }).end();
    if (request.url === '/circle') return response.writeHead(302, { location: '/circle' }).end();
    if (request.url !== '/file' && request.url !== '/file?b=1') return response.writeHead(404).end('no');
    if (marked) return response.writeHead(304).end();
    return response.writeHead(200, { etag: '"one"' }).end('hello\n');
  };
  let base = '';
  beforeEach(async () => {
    seen.length = 0;
    base = `127.0.0.1:${await listen(http.createServer(answer))}`;
  });

  it('are kept in the cache and fetched anew only when the server has newer ones', async () => {
    const server = makeServer();
    const fetched = await server.fetch(`http://${base}/file`, 'base');
    expect(fetched).toEqual({
      path: join(folder, 'extrn_files', 'base', base, 'file'),
      sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
    });
    expect(await readFile(fetched?.path ?? '', 'utf8')).toBe('hello\n');
    expect(await server.fetch(`http://${base}/file`, 'base')).toEqual(fetched);
    expect(await server.cached(`http://${base}/file`, 'base')).toBe(fetched?.path);
    expect(await server.cached(`http://${base}/other`, 'base')).toBe(undefined);
    expect(seen).toEqual(['/file', '/file marked']);
  });

  it('are not asked for when the cache has the digest expected', async () => {
    const server = makeServer();
    const expected = { algorithm: 'md5', digest: 'b1946ac92492d2347c6235b4d2611184' };
    await server.fetch(`http://${base}/file`, 'base', { expected });
    await server.fetch(`http://${base}/file`, 'base', { expected });
    expect(seen).toEqual(['/file']);
  });

  it('are told apart by their query, reached through redirections and by an account', async () => {
    const server = makeServer();
    const paths = [];
    for (const rest of ['file', 'file?b=1', 'moved'])
      paths.push((await server.fetch(`http://me:p%40ss@${base}/${rest}`, 'base'))?.path);
    expect(new Set(paths).size).toBe(3);
    expect(seen[0]).toBe(`/file Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it('that cannot be had end in an error with the reason', async () => {
    const server = makeServer();
    const reasonOf = async (url: string): Promise<string> =>
      server.fetch(url, 'base').then(
        () => 'fetched',
        (error: unknown) => (isAppError(error, 'remote-file') ? error.message : String(error)),
      );
    expect(await reasonOf(`http://${base}/gone`)).toBe('Error: HTTP 404: Not Found reading /gone');
    expect(await reasonOf(`http://${base}/circle`)).toBe('Error: more than 10 redirections reading /circle');
    expect(await reasonOf(`http://${base}/../../etc/passwd`)).toBe('Error: HTTP 404: Not Found reading /etc/passwd');
    expect(await reasonOf('http://127.0.0.1:1/x')).toBe('Error: [Errno 111] Connection refused reading /x');
    expect(await reasonOf('http://[/x')).toBe('http://[/x is no address');
  });

  it('leave salt:// to the tree', async () => {
    expect(await makeServer().fetch('salt://file', 'base')).toBe(undefined);
  });
});

describe('files of FTP servers', () => {
  it('come over a passive connection', async () => {
    const content = net.createServer((socket) => socket.end('by ftp\n'));
    const port = await listen(content);
    const lines: string[] = [];
    const replies: Readonly<Record<string, string>> = {
      USER: '331 password?\r\n',
      PASS: '230-welcome\r\n230 in\r\n',
      TYPE: '200 binary\r\n',
      EPSV: `229 entering (|||${port}|)\r\n`,
      RETR: '150 here it comes\r\n226 done\r\n',
    };
    const control = net.createServer((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (line) => {
        lines.push(String(line).trim());
        socket.write(replies[String(line).slice(0, 4)] ?? '500 what?\r\n');
      });
    });
    const fetched = await makeServer().fetch(`ftp://127.0.0.1:${await listen(control)}/pub/a.txt`, 'base');
    expect(await readFile(fetched?.path ?? '', 'utf8')).toBe('by ftp\n');
    expect(lines).toEqual(['USER anonymous', 'PASS anonymous@', 'TYPE I', 'EPSV', 'RETR pub/a.txt']);
  });
});
