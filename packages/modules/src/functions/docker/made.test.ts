import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPlain, type Plain } from '@brine/common';
import { createFakeDocker, createFakeHost } from '@brine/testkit';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'brine-docker-'));
const socket = join(folder, 'docker.sock');
const archive = join(folder, 'image.tar');
const docker = createFakeDocker();
let host = machine();

function machine() {
  return createFakeHost({
    environment: { TMPDIR: folder },
    files: { [archive]: 'tar', '/srv/app/Dockerfile': 'FROM scratch\n', '/tmp/here': 'x', '/root/foo': 'x' },
    programs: {
      docker: async (args, self) => {
        const target = args.find((word) => word.startsWith('--output='))?.slice('--output='.length);
        if (target !== undefined) await self.files.write(target, Buffer.alloc(1536));
        return args.includes('nope') || args.includes('bad.example') ? { exitCode: 1, stderr: 'refused\n' } : '';
      },
      gzip: async (args, self) => {
        await self.files.rename(args.at(-1) ?? '', `${args.at(-1) ?? ''}.gz`);
        return '';
      },
      // What is sent is read from the disk itself.
      tar: (args) => {
        const target = args.find((word) => word.startsWith('--file='))?.slice('--file='.length);
        if (target !== undefined) writeFileSync(target, 'tar');
        return '';
      },
    },
  });
}

beforeAll(() => {
  writeFileSync(archive, 'tar');
  return new Promise<void>((resolve) => docker.server.listen(socket, resolve));
});
beforeEach(() => {
  docker.reset();
  host = machine();
});
afterAll(async () => {
  await new Promise((resolve) => docker.server.close(resolve));
  rmSync(folder, { recursive: true });
});

const registries = {
  'docker-registries': { hub: { username: 'ann', password: 'secret-1' } },
  'more-docker-registries': {
    'bad.example': { username: 'b', password: 'secret-2' },
    'none.example': { username: 'x' },
  },
};

async function answer(name: string, positional: Plain[] = [], keyword: Record<string, Plain> = {}) {
  const options = { 'docker.url': `unix://${socket}`, ...registries };
  const { value, retcode } = await callScratch(`docker.${name}`, { host, options, positional, keyword });
  return { value: toPlain(value), retcode };
}

async function call(name: string, positional: Plain[] = [], keyword: Record<string, Plain> = {}) {
  return (await answer(name, positional, keyword)).value;
}

it('makes containers, runs them and tells what they wrote', async () => {
  const settings = { name: 'new', start: true, command: 'sleep 1', ports: '80' };
  expect(await call('create', ['nginx:1.25'], settings)).toMatchObject({ Id: 'id-new', Name: 'new', Started: true });
  expect(docker.bodies[0]).toMatchObject({ Image: 'nginx:1.25', Cmd: ['sleep', '1'] });
  expect(docker.changes).toEqual(['POST /containers/create?name=new', 'POST /containers/id-new/start']);
  docker.reset();
  const ran = await call('run_container', ['nginx:1.25'], { name: 'job', command: 'fail', rm: true });
  expect(ran).toMatchObject({ Id: 'id-new', Name: 'job', ExitCode: 3, Logs: 'ran fail\ndone\n' });
  expect(docker.changes.at(-1)).toBe('DELETE /containers/id-new');
  await expect(call('run_container', ['nginx:1.25'], { name: 'web' })).rejects.toThrow('exists and is running');
  await expect(call('create', ['nginx:1.25'], { rm: true, auto_remove: true })).rejects.toThrow('cannot both be used');
});

it('makes networks and images', async () => {
  expect(await call('create_network', ['front'], { subnet: '10.8.0.0/24', driver: 'bridge' })).toEqual({ Id: 'n' });
  expect(docker.bodies[0]).toMatchObject({ Name: 'front', IPAM: { Config: [{ Subnet: '10.8.0.0/24' }] } });
  expect(await call('commit', ['web', 'mine', 'v1'], { message: 'why' })).toMatchObject({ Id: 'sha256:cccc' });
  expect(docker.changes.at(-1)).toBe('POST /commit?container=web&repo=mine&tag=v1&comment=why');
  expect(await call('build', ['/srv/app', 'app', 'v2'], { buildargs: { A: 'b' } })).toMatchObject({
    Id: 'dddd',
    Image: 'app:v2',
  });
  await expect(call('build', ['/srv/none', 'app'])).rejects.toThrow('/srv/none is no folder');
});

it('tells processes and changed paths, and removes what nothing uses', async () => {
  expect(await call('top', ['web'])).toEqual([{ PID: '1', CMD: 'nginx' }]);
  expect(await call('diff', ['web'])).toEqual({ Changed: ['/etc'], Added: ['/etc/x'] });
  expect(Object.keys((await call('prune')) as object)).toEqual(['containers', 'images', 'networks', 'build']);
  docker.reset();
  expect(await call('prune', [], { images: true, volumes: true, until: '12h', label: 'a,b=c' })).toEqual({
    images: { SpaceReclaimed: 0 },
    volumes: { SpaceReclaimed: 0 },
  });
  const filters = encodeURIComponent('{"until":["12h"],"label":["a","b=c"]}');
  expect(docker.changes).toEqual([`POST /images/prune?filters=${filters}`, `POST /volumes/prune?filters=${filters}`]);
  await expect(call('top', ['none'])).rejects.toThrow('Error 404: No such container: none');
});

it('writes archives and reads them', async () => {
  expect(await call('save', ['nginx:1.25', '/tmp/image.tar'])).toMatchObject({
    ...{ Path: '/tmp/image.tar', Size: 1536, Size_Human: '1.5 KiB' },
  });
  expect(await call('export', ['web', '/tmp/new/web.tar.gz', false, true, 'gzip'])).toMatchObject({ Size: 1536 });
  expect(await host.files.list('/tmp/new')).toEqual(['web.tar.gz']);
  await expect(call('save', ['nginx:1.25', '/tmp/here'])).rejects.toThrow('/tmp/here already exists');
  await expect(call('save', ['nginx:1.25', '/none/x'])).rejects.toThrow("Parent dir '/none' of destination path");
  await expect(call('save', ['nope', '/tmp/x'])).rejects.toThrow('Error occurred during save: refused');
  expect(await call('load', [archive], { repository: 'mine', tag: 'v1' })).toMatchObject({
    ...{ Path: archive, Layers: ['eeee'], Image: 'mine:v1' },
  });
  await expect(call('load', ['/none.tar'])).rejects.toThrow('Source file /none.tar does not exist');
  await expect(call('load', [archive], { tag: 'v1' })).rejects.toThrow('both a repository and tag are required');
});

it('copies files into containers and out of them', async () => {
  expect(await call('copy_from', ['web', '/etc/motd', '/tmp'])).toBe(true);
  expect(await call('copy_to', ['web', '/root/foo', '/root/'], { overwrite: true })).toBe(true);
  const url = `--host=unix://${socket}`;
  expect(host.started.map(({ command }) => command)).toEqual([
    ['docker', url, 'cp', 'web:/etc/motd', '/tmp/motd'],
    ['docker', url, 'cp', '/root/foo', 'web:/root/foo'],
  ]);
  await expect(call('copy_to', ['web', '/root/none', '/x'])).rejects.toThrow('Source file /root/none does not exist');
});

it('logs in to registries, and keeps passwords off command lines', async () => {
  expect(await answer('login')).toEqual({
    value: {
      retcode: 1,
      Errors: ['refused', "Invalid configuration for registry 'none.example'"],
      Results: { hub: true, 'bad.example': false },
    },
    retcode: 1,
  });
  expect(host.started[0]).toMatchObject({
    command: ['docker', 'login', '--username=ann', '--password-stdin'],
    input: 'secret-1',
  });
  expect(await call('login', ['other'])).toMatchObject({ Errors: ["No match found for registry 'other'"] });
});

it('logs out of registries', async () => {
  expect(await answer('logout')).toEqual({
    value: { retcode: 1, Errors: ['refused'], Results: { hub: true, 'bad.example': false, 'none.example': true } },
    retcode: 1,
  });
  expect(host.started.map(({ command }) => command)).toEqual([
    ['docker', 'logout'],
    ['docker', 'logout', 'bad.example'],
    ['docker', 'logout', 'none.example'],
  ]);
  expect(await call('logout', ['other'])).toMatchObject({ Errors: ["No match found for registry 'other'"] });
});

it('makes images of archives, and tells layers and images without a name', async () => {
  expect(await call('import', [archive, 'mine/os', 'v1'])).toMatchObject({ Id: 'sha256:ffff', Image: 'mine/os:v1' });
  expect(docker.changes).toEqual(['POST /images/create?fromSrc=-&repo=mine%2Fos&tag=v1']);
  await expect(call('import', ['/none.tar', 'x'])).rejects.toThrow('Source file /none.tar does not exist');
  expect(await call('layers', ['nginx:1.25'])).toEqual(['0123456789ab', '<missing>', 'aaaa']);
  await expect(call('layers', ['none'])).rejects.toThrow("Image 'none' not found");
  expect(await call('dangling')).toEqual([]);
  await call('load', [archive]);
  expect(await call('dangling')).toEqual(['eeee']);
  expect(await call('dangling', [true])).toEqual({ eeee: { Removed: { Layers: ['sha256:eeee'], Images: ['eeee'] } } });
  expect(await call('dangling')).toEqual([]);
});

it('puts containers on networks with addresses and names', async () => {
  const wish = { ipv4_address: '10.8.0.5', aliases: 'www,api', links: { db: 'store' } };
  expect(await call('connect_container_to_network', ['web', 'back'], wish)).toBe(true);
  expect(docker.bodies[0]).toEqual({
    Container: 'web',
    EndpointConfig: { Aliases: ['www', 'api'], Links: ['db:store'], IPAMConfig: { IPv4Address: '10.8.0.5' } },
  });
  expect(await call('connect_container_to_network', ['web', 'back'])).toBe(true);
  expect(docker.bodies[1]).toEqual({ Container: 'web' });
  await expect(call('connect_container_to_network', ['web', 'back'], { ipv4_address: '::1' })).rejects.toThrow(
    'must be an IPv4 address',
  );
});
