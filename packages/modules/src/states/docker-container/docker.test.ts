import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeDocker, describeState } from '@brine/testkit';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { absent as imageAbsent } from '../docker-image/absent.ts';
import { present as imagePresent } from '../docker-image/present.ts';
import { absent as networkAbsent } from '../docker-network/absent.ts';
import { present as networkPresent } from '../docker-network/present.ts';
import { absent as volumeAbsent } from '../docker-volume/absent.ts';
import { present as volumePresent } from '../docker-volume/present.ts';
import { absent } from './absent.ts';
import { run } from './run.ts';
import { running } from './running.ts';
import { stopped } from './stopped.ts';

// The daemon has web (running) and old (stopped) of nginx:1.25, the network back with web on it, and the volume data.
const folder = mkdtempSync(join(tmpdir(), 'brine-docker-'));
const socket = join(folder, 'docker.sock');
const docker = createFakeDocker();
const surroundings = { options: { 'docker.url': `unix://${socket}` } };

beforeAll(() => new Promise<void>((resolve) => docker.server.listen(socket, resolve)));
beforeEach(() => docker.reset());
afterAll(async () => {
  await new Promise((resolve) => docker.server.close(resolve));
  rmSync(folder, { recursive: true });
});

function changed(...requests: readonly string[]): () => void {
  return () => expect(docker.changes).toEqual(requests);
}

function sent(...bodies: readonly unknown[]): () => void {
  return () => expect(docker.bodies).toEqual(bodies);
}

const web = { name: 'web', image: 'nginx:1.25', publish: '8080:80', environment: [{ TZ: 'UTC' }] };

describeState(running, [
  {
    title: 'knows a container that is as described',
    surroundings,
    arguments: web,
    ok: "Container 'web' is already configured as specified",
  },
  {
    title: 'makes and starts a container',
    surroundings,
    arguments: {
      name: 'app',
      image: 'nginx:1.25',
      cmd: 'nginx -t',
      binds: '/srv:/srv:ro,/tmp:/tmp',
      restart_policy: 'on-failure:5',
      memory: '64m',
      port_bindings: ['127.0.0.1:8000-8001:80-81/udp'],
      labels: { a: 'b' },
      log_driver: 'journald',
    },
    pending: { comment: "Container 'app' would be created", changes: { image: { old: null, new: 'sha256:aaaa' } } },
    applied: {
      comment: "Created container 'app'",
      changes: { container_id: { added: 'id-new' }, state: { old: null, new: 'running' } },
    },
    verify: () => {
      changed('POST /containers/create?name=app', 'POST /containers/app/start')();
      sent(
        {
          Image: 'nginx:1.25',
          Cmd: ['nginx', '-t'],
          Labels: { a: 'b' },
          ExposedPorts: { '80/udp': {}, '81/udp': {} },
          HostConfig: {
            Binds: ['/srv:/srv:ro', '/tmp:/tmp'],
            Memory: 67_108_864,
            RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 5 },
            PortBindings: {
              '80/udp': [{ HostIp: '127.0.0.1', HostPort: '8000' }],
              '81/udp': [{ HostIp: '127.0.0.1', HostPort: '8001' }],
            },
            LogConfig: { Type: 'journald', Config: {} },
          },
        },
        { text: '' },
      )();
    },
  },
  {
    title: 'pulls an image that is missing',
    surroundings,
    arguments: { name: 'app', image: 'redis:7' },
    pending: { comment: "Container 'app' would be created", changes: { image: { old: null, new: 'redis:7' } } },
    applied: {
      comment: "Created container 'app'",
      changes: {
        image: { Status: 'Downloaded newer image for redis:7', Layers: { Pulled: ['l1'] } },
        container_id: { added: 'id-new' },
        state: { old: null, new: 'running' },
      },
    },
    verify: changed(
      'POST /images/create?fromImage=redis&tag=7',
      'POST /containers/create?name=app',
      'POST /containers/app/start',
    ),
  },
  {
    title: 'replaces a container of which a setting changed, or went from the description',
    surroundings,
    arguments: { name: 'web', image: 'nginx:1.25', publish: '8080:80', read_only: true, shutdown_timeout: 5 },
    pending: {
      comment: "Container 'web' would be replaced",
      changes: {
        container: {
          Config: { Env: { old: ['PATH=/bin', 'TZ=UTC'], new: ['PATH=/bin'] } },
          HostConfig: { ReadonlyRootfs: { old: null, new: true } },
        },
      },
    },
    applied: {
      comment: "Replaced container 'web'",
      changes: {
        container: {
          Config: { Env: { old: ['PATH=/bin', 'TZ=UTC'], new: ['PATH=/bin'] } },
          HostConfig: { ReadonlyRootfs: { old: null, new: true } },
        },
        container_id: { removed: ['id-web'], added: 'id-new' },
      },
    },
    verify: changed(
      'POST /containers/create?name=web-NEW',
      'POST /containers/web/stop?t=5',
      'DELETE /containers/web',
      'POST /containers/id-new/rename?name=web',
      'POST /containers/web/start',
    ),
  },
  {
    title: 'starts one that is stopped, and changes its networks without making it anew',
    surroundings,
    arguments: { ...web, name: 'old', networks: [{ back: [{ aliases: ['db'] }] }] },
    pending: {
      comment: 'Network configuration would be updated. Container would be started.',
      changes: {
        container: { Networks: { back: { old: null, new: 'connected' }, bridge: { old: 'connected', new: null } } },
        state: { old: 'stopped', new: 'running' },
      },
    },
    applied: {
      comment:
        "Connected to network 'back'. Disconnected from network 'bridge'. State changed from 'stopped' to 'running'.",
    },
    verify: sent(
      { Container: 'old', EndpointConfig: { Aliases: ['db'] } },
      { Container: 'old', Force: false },
      { text: '' },
    ),
  },
  {
    title: 'sends the signal that a watch asks for',
    watched: true,
    surroundings,
    arguments: { ...web, watch_action: 'SIGHUP' },
    pending: { comment: 'Signal SIGHUP would be sent to container', changes: { signal: 'SIGHUP' } },
    applied: { comment: 'Sent signal SIGHUP to container' },
    verify: changed('POST /containers/web/kill?signal=SIGHUP'),
  },
  {
    title: 'makes a container anew when a watch fires',
    watched: true,
    surroundings,
    arguments: web,
    pending: { comment: "Container 'web' would be replaced", changes: { forced_update: true } },
    applied: {
      comment: "Replaced container 'web'",
      changes: { forced_update: true, container_id: { removed: ['id-web'], added: 'id-new' } },
    },
  },
  {
    title: 'refuses a setting that is given twice',
    surroundings,
    arguments: { ...web, port_bindings: '80' },
    fails: "'publish' is an alias for 'port_bindings', they cannot both be used",
  },
  {
    title: 'refuses ports that do not match',
    surroundings,
    arguments: { name: 'app', image: 'nginx:1.25', publish: '1-2:80' },
    fails: 'Host port range (1-2) does not have the same number of ports as the container port range (80)',
  },
  {
    title: 'says that no daemon is there',
    surroundings: { options: { 'docker.url': 'unix:///nowhere.sock' } },
    arguments: web,
    fails: 'The Docker daemon cannot be reached: connect ENOENT /nowhere.sock',
  },
]);
describeState(stopped, [
  {
    title: 'stops a container',
    surroundings,
    arguments: { name: 'web', shutdown_timeout: 3 },
    pending: {
      comment: 'The following container(s) will be stopped: web',
      changes: { web: { state: { old: 'running', new: 'stopped' }, result: true } },
    },
    applied: { comment: 'The following container(s) were stopped: web' },
    verify: changed('POST /containers/web/stop?t=3'),
  },
  { title: 'knows one that is', surroundings, arguments: { name: 'old' }, ok: "Container 'old' is not running" },
  {
    title: 'misses one that does not exist',
    surroundings,
    arguments: { name: 'x', containers: ['old', 'none'] },
    fails: 'The following container(s) are absent: none',
  },
  {
    title: 'takes absence for stopped when that is said',
    surroundings,
    arguments: { name: 'none', error_on_absent: false },
    ok: "Container 'none' is absent or not running",
  },
]);
describeState(absent, [
  {
    title: 'removes a container',
    surroundings,
    arguments: { name: 'old' },
    pending: { comment: "Container 'old' will be removed", changes: { removed: ['id-old'] } },
    applied: { comment: "Successfully removed container 'old'" },
  },
  {
    title: 'removes a running one by force only',
    surroundings,
    arguments: { name: 'web' },
    fails: 'Container is running, set force to True to forcibly remove it',
  },
  {
    title: 'removes a running one by force',
    surroundings,
    arguments: { name: 'web', force: true },
    pending: { comment: "Container 'web' will be removed", changes: { removed: ['id-web'] } },
    applied: { comment: "Forcibly removed container 'web'" },
    verify: changed('DELETE /containers/web?force=true'),
  },
  { title: 'has nothing to do', surroundings, arguments: { name: 'x' }, ok: "Container 'x' does not exist" },
]);
describeState(imagePresent, [
  {
    title: 'pulls an image',
    surroundings,
    arguments: { name: 'redis', tag: 7 },
    pending: { comment: 'Image redis:7 will be pulled', changes: {} },
    applied: {
      comment: "Image 'redis:7' was pulled",
      changes: { Status: 'Downloaded newer image for redis:7', Layers: { Pulled: ['l1'] } },
    },
  },
  { title: 'knows an image', surroundings, arguments: { name: 'nginx:1.25' }, ok: 'Image nginx:1.25 already present' },
  {
    title: 'tells what the registry said',
    surroundings,
    arguments: { name: 'private/app:1' },
    pending: { comment: 'Image private/app:1 will be pulled', changes: {} },
    applied: {
      comment: 'Encountered error pulling private/app:1: pull access denied',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'wants a tag for an archive',
    surroundings,
    arguments: { name: 'app', load: '/tmp/app.tar' },
    fails: "The 'tag' argument is required if any one of 'build', 'load', or 'sls' is used.",
  },
]);
describeState(imageAbsent, [
  {
    title: 'removes an image',
    surroundings,
    arguments: { name: 'x', images: ['nginx:1.25', 'gone:1'] },
    pending: { comment: 'Image nginx:1.25 will be removed', changes: {} },
    applied: { comment: 'Image nginx:1.25 was removed', changes: { Layers: ['sha256:aaaa'], Tags: ['nginx:1.25'] } },
  },
  { title: 'has nothing to do', surroundings, arguments: { name: 'x:1' }, ok: 'Image x:1 is not present' },
]);
describeState(networkPresent, [
  {
    title: 'makes a network with a container on it',
    surroundings,
    arguments: { name: 'front', subnet: '10.8.0.0/24', containers: ['web'], driver_opts: [{ mtu: 1400 }] },
    pending: { comment: 'Network will be created', changes: { created: true, connected: ['web'] } },
    applied: { comment: "Network 'front' created" },
    verify: sent(
      {
        CheckDuplicate: true,
        Name: 'front',
        Driver: 'bridge',
        Internal: false,
        EnableIPv6: false,
        Attachable: false,
        Options: { mtu: '1400' },
        Labels: {},
        IPAM: { Driver: 'default', Config: [{ Subnet: '10.8.0.0/24' }], Options: {} },
      },
      { Container: 'id-web' },
    ),
  },
  {
    title: 'knows a network that is as described',
    surroundings,
    arguments: { name: 'back', subnet: '10.9.0.0/24', containers: ['web'] },
    ok: "Network 'back' already exists, and is configured as specified",
  },
  {
    title: 'does not mind the subnet that the daemon chose',
    surroundings,
    arguments: { name: 'back' },
    ok: "Network 'back' already exists, and is configured as specified",
  },
  {
    title: 'makes one anew and puts its containers back',
    surroundings,
    arguments: { name: 'back', internal: true },
    pending: {
      comment: 'Network would be recreated with new config',
      changes: { back: { Internal: { old: false, new: true } }, recreated: true, reconnected: ['web'] },
    },
    applied: { comment: "Network 'back' was replaced with updated config" },
    verify: changed(
      'POST /networks/back/disconnect',
      'DELETE /networks/back',
      'POST /networks/create',
      'POST /networks/back/connect',
    ),
  },
  {
    title: 'puts a container on a network',
    surroundings,
    arguments: { name: 'back', containers: ['old'] },
    pending: {
      comment: "Network 'back' already exists, and is configured as specified",
      changes: { connected: ['old'] },
    },
    applied: { comment: "Network 'back' already exists, and is configured as specified" },
  },
]);
describeState(networkAbsent, [
  {
    title: 'removes a network',
    surroundings,
    arguments: { name: 'back' },
    pending: { comment: "Network 'back' will be removed", changes: { disconnected: ['web'], removed: true } },
    applied: { comment: "Removed network 'back'" },
  },
  { title: 'has nothing to do', surroundings, arguments: { name: 'x' }, ok: "Network 'x' already absent" },
]);
describeState(volumePresent, [
  {
    title: 'makes a volume',
    surroundings,
    arguments: { name: 'logs', driver_opts: [{ type: 'tmpfs' }] },
    pending: {
      comment: "The volume 'logs' will be created",
      changes: { created: { Name: 'logs', Driver: 'local' } },
    },
    applied: { comment: '' },
    verify: sent({ Name: 'logs', DriverOpts: { type: 'tmpfs' } }),
  },
  { title: 'knows a volume', surroundings, arguments: { name: 'data' }, ok: "Volume 'data' already exists." },
  {
    title: 'gives no volume up unasked',
    surroundings,
    arguments: { name: 'data', driver: 'nfs' },
    fails: "Driver for existing volume 'data' ('local') does not match specified driver ('nfs') and force is False",
  },
]);
describeState(volumeAbsent, [
  {
    title: 'removes a volume',
    surroundings,
    arguments: { name: 'data' },
    pending: { comment: "The volume 'data' will be removed", changes: { removed: true } },
    applied: { comment: '' },
  },
  { title: 'has nothing to do', surroundings, arguments: { name: 'x' }, ok: "Volume 'x' already absent" },
]);

const builder = { name: 'build', image: 'nginx:1.25', command: 'make all' };
const told = (more: object): never => expect.objectContaining(more) as never;

describeState(run, [
  {
    title: 'runs a container to its end and removes it',
    surroundings,
    arguments: { ...builder, rm: true, networks: ['back'] },
    pending: { comment: 'Container would be run', changes: {} },
    applied: {
      comment: 'Container ran and exited with a return code of 0',
      changes: told({ Id: 'id-new', Name: 'build', Logs: 'ran make all\ndone\n', ExitCode: 0 }),
    },
    verify: changed(
      'POST /containers/create?name=build',
      'POST /networks/back/connect',
      'POST /containers/id-new/start',
      'POST /containers/id-new/wait',
      'DELETE /containers/id-new',
    ),
  },
  {
    title: 'fails when the container does',
    surroundings,
    arguments: { ...builder, command: 'fail' },
    pending: { comment: 'Container would be run', changes: {} },
    applied: {
      comment: 'Container ran and exited with a return code of 3',
      changes: told({ ExitCode: 3, Logs: 'ran fail\ndone\n' }),
      failed: true,
    },
  },
  {
    title: 'does not fail when that is no matter',
    surroundings,
    arguments: { ...builder, command: 'fail', failhard: false },
    pending: { comment: 'Container would be run', changes: {} },
    applied: { comment: 'Container ran and exited with a return code of 3', changes: told({ ExitCode: 3 }) },
  },
  {
    title: 'runs one in the background, which the daemon removes',
    surroundings,
    arguments: { ...builder, bg: true, auto_remove: true },
    pending: { comment: 'Container would be run in the background', changes: {} },
    applied: { comment: 'Container was run in the background', changes: told({ Id: 'id-new', Name: 'build' }) },
    verify: changed('POST /containers/create?name=build', 'POST /containers/id-new/start'),
  },
  {
    title: 'has the daemon remove nothing while its end is waited for',
    surroundings,
    arguments: { ...builder, command: ['x'], rm: true },
    pending: { comment: 'Container would be run', changes: {} },
    applied: { comment: 'Container ran and exited with a return code of 0', changes: told({ ExitCode: 0 }) },
    verify: sent(
      told({ Image: 'nginx:1.25', Cmd: ['x'], HostConfig: told({ AutoRemove: false }) }),
      ...[{ text: '' }, { text: '' }, { text: '' }],
    ),
  },
  {
    title: 'leaves a container of that name that runs',
    surroundings,
    arguments: { ...builder, name: 'web', replace: true },
    fails:
      "Encountered error running container: Container 'web' exists and is running. Run with replace=True and force=True to force removal of the existing container.",
  },
  {
    title: 'leaves a container of that name that is stopped',
    surroundings,
    arguments: { ...builder, name: 'old' },
    fails:
      "Encountered error running container: Container 'old' exists. Run with replace=True to remove the existing container",
  },
  {
    title: 'replaces one that runs by force',
    surroundings,
    arguments: { ...builder, name: 'web', replace: true, force: true },
    pending: { comment: 'Container would be run', changes: {} },
    applied: {
      comment: 'Container ran and exited with a return code of 0',
      changes: told({ Replaces: ['id-web'], Name: 'web' }),
    },
  },
  {
    title: 'says what the daemon complained about',
    surroundings,
    arguments: { ...builder, image: 'private/x:1' },
    pending: { comment: 'Container would be run', changes: {} },
    applied: {
      comment: 'Encountered error running container: pull access denied',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'takes one word for removing it',
    surroundings,
    arguments: { ...builder, rm: true, auto_remove: true },
    fails: "'rm' is an alias for 'auto_remove', they cannot both be used",
  },
  { title: 'needs an image', surroundings, arguments: { name: 'x' }, fails: "The 'image' argument is required" },
]);
