import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Answers like a Docker daemon's, from what its API documents: containers, images, networks and volumes in memory. */
export interface FakeDocker {
  readonly server: Server;
  /** Requests that change something, in order: `POST /containers/web/start`. */
  readonly changes: string[];
  /** Bodies of those requests, in order. */
  readonly bodies: unknown[];
  reset(): void;
}

type Row = Record<string, unknown>;

interface State {
  containers: Row[];
  images: Row[];
  networks: Row[];
  volumes: Row[];
}

const nginx = {
  Id: 'sha256:aaaa',
  RepoTags: ['nginx:1.25'],
  Config: { Cmd: ['nginx', '-g', 'daemon off;'], Env: ['PATH=/bin'], ExposedPorts: { '80/tcp': {} }, Labels: {} },
};

function container(name: string, running: boolean, more: Row = {}): Row {
  return {
    Id: `id-${name}`,
    Name: `/${name}`,
    Image: 'sha256:aaaa',
    State: { Running: running, Paused: false },
    Config: { ...nginx.Config, Hostname: 'x', Env: ['PATH=/bin', 'TZ=UTC'] },
    HostConfig: {
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      NetworkMode: 'default',
      LogConfig: { Type: 'json-file', Config: {} },
      Memory: 0,
      ShmSize: 67_108_864,
    },
    NetworkSettings: { Networks: { bridge: {} } },
    ...more,
  };
}

function fresh(): State {
  return {
    containers: [container('web', true), container('old', false)],
    images: [nginx],
    networks: [
      { Name: 'bridge', Driver: 'bridge', IPAM: { Driver: 'default', Config: [] }, Containers: {} },
      {
        Name: 'back',
        Driver: 'bridge',
        IPAM: { Driver: 'default', Config: [{ Subnet: '10.9.0.0/24', Gateway: '10.9.0.1' }] },
        Containers: { 'id-web': { Name: 'web' } },
      },
    ],
    volumes: [{ Name: 'data', Driver: 'local' }],
  };
}

/** Makes a daemon that is not listening yet. */
export function createFakeDocker(): FakeDocker {
  let state = fresh();
  const changes: string[] = [];
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      if (request.method !== 'GET') {
        changes.push(`${request.method ?? ''} ${request.url ?? ''}`.replace(/web-[0-9a-f]{12}/, 'web-NEW'));
        bodies.push(body);
      }
      answer(state, { method: request.method ?? '', url: new URL(request.url ?? '', 'http://docker'), body }, response);
    });
  });
  return {
    server,
    changes,
    bodies,
    reset: () => {
      state = fresh();
      changes.length = 0;
      bodies.length = 0;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Row> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text.startsWith('{') ? (JSON.parse(text) as Row) : { text };
}

interface Call {
  readonly method: string;
  readonly url: URL;
  readonly body: Row;
}

function answer(state: State, call: Call, response: ServerResponse): void {
  const [, kind = '', name = '', action = ''] = call.url.pathname.split('/').map(decodeURIComponent);
  const handlers: Record<string, (name: string, action: string) => unknown> = {
    containers: (one, what) => (one === 'prune' ? { SpaceReclaimed: 0 } : containers(state, call, [one, what])),
    images: (one, what) => images(state, call, [one, what]),
    networks: (one, what) => networks(state, call, [one, what]),
    volumes: (one) => volumes(state, call, one),
    exec: (one, what) => executions(one, what),
    version: () => ({ Version: '26.1.0', ApiVersion: '1.45' }),
    commit: () => ({ Id: 'sha256:cccc' }),
    build: () => (name === 'prune' ? { SpaceReclaimed: 0 } : buildImage(state, call)),
    info: () => ({ Containers: state.containers.length, ServerVersion: '26.1.0' }),
  };
  const found = handlers[kind]?.(name, action);
  response.statusCode = found === undefined ? 404 : 200;
  response.end(typeof found === 'string' ? found : JSON.stringify(found ?? { message: `No such thing: ${name}` }));
}

function isNamed(row: Row, name: string): boolean {
  return row['Id'] === name || row['Name'] === `/${name}` || row['Name'] === name;
}

function containers(state: State, call: Call, [name, action]: readonly [string, string]): unknown {
  const { method, url } = call;
  if (name === 'create') return createContainer(state, call);
  if (name === 'json') return listed(state.containers, url);
  const found = state.containers.find((row) => isNamed(row, name));
  if (found === undefined) return undefined;
  if (method === 'DELETE') state.containers = state.containers.filter((row) => row !== found);
  if (action in stateAfter) found['State'] = stateAfter[action];
  if (action === 'exec') return { Id: `exec-${listOf(call.body['Cmd']).join('-').replaceAll('/', '_')}` };
  const tell = looks[action];
  if (tell !== undefined) return tell(found);
  if (action === 'rename') found['Name'] = `/${url.searchParams.get('name') ?? ''}`;
  return method === 'GET' ? found : '';
}

const looks: Readonly<Record<string, (row: Row) => unknown>> = {
  top: () => ({ Titles: ['PID', 'CMD'], Processes: [['1', 'nginx']] }),
  changes: () => [
    { Path: '/etc', Kind: 0 },
    { Path: '/etc/x', Kind: 1 },
  ],
  wait: endOf,
  logs: logOf,
};

const stateAfter: Readonly<Record<string, Row>> = {
  start: { Running: true, Paused: false },
  restart: { Running: true, Paused: false },
  stop: { Running: false, Paused: false },
  kill: { Running: false, Paused: false },
  pause: { Running: true, Paused: true },
  unpause: { Running: true, Paused: false },
};

/** The list of containers as the daemon tells it: those that run, unless all are asked for. */
function listed(rows: readonly Row[], url: URL): readonly Row[] {
  const isRunning = (row: Row): boolean => (row['State'] as Row)['Running'] === true;
  return rows
    .filter((row) => url.searchParams.get('all') === '1' || isRunning(row))
    .map((row) => ({ Id: row['Id'], Names: [row['Name']], Created: 86_400, Image: 'nginx:1.25' }));
}

/** A command in a container: it writes its words, and ends with 3 when it is `fail`. */
function executions(id: string, action: string): unknown {
  const words = id.replace(/^exec-/, '').replaceAll('-', ' ');
  if (action === 'json') return { ExitCode: words === 'fail' ? 3 : 0 };
  return frame(1, `ran ${words}\n`) + frame(2, 'done\n');
}

/** Ends a container: with 3 when its command is `fail`. */
function endOf(row: Row): unknown {
  const command = listOf((row['Config'] as Row)['Cmd']).join(' ');
  const code = command === 'fail' ? 3 : 0;
  row['State'] = { Running: false, Paused: false, Status: 'exited', ExitCode: code };
  return { StatusCode: code };
}

/** What a container wrote, in frames: its command to the output, and something to the other. */
function logOf(row: Row): string {
  const command = listOf((row['Config'] as Row)['Cmd']).join(' ');
  return frame(1, `ran ${command}\n`) + frame(2, 'done\n');
}

function frame(stream: number, text: string): string {
  return `${String.fromCharCode(stream, 0, 0, 0, 0, 0, 0, text.length)}${text}`;
}

function createContainer(state: State, { url, body }: Call): unknown {
  const image = state.images.find((each) => (each['RepoTags'] as string[]).includes(String(body['Image'])));
  const base = (image?.['Config'] ?? {}) as Row;
  const row = container(url.searchParams.get('name') ?? '', false, {
    Id: 'id-new',
    Image: image?.['Id'],
    Config: { ...base, ...body, ...merged(base, body), Env: [...listOf(base['Env']), ...listOf(body['Env'])] },
    HostConfig: body['HostConfig'],
  });
  state.containers.push(row);
  return { Id: 'id-new' };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

// The daemon adds to what an image has of these.
function merged(base: Row, body: Row): Row {
  const keys = ['ExposedPorts', 'Labels'];
  return Object.fromEntries(
    keys.map((key) => [key, { ...(base[key] as Row | undefined), ...(body[key] as Row | undefined) }]),
  );
}

function buildImage(state: State, { url }: Call): string {
  const tag = url.searchParams.get('t') ?? '';
  state.images.push({ Id: 'sha256:dddd', RepoTags: [tag], Config: {} });
  return `{"stream":"Successfully built dddd"}\n{"stream":"Successfully tagged ${tag}"}\n`;
}

function images(state: State, { method, url }: Call, [name, action]: readonly [string, string]): unknown {
  if (name === 'prune') return { SpaceReclaimed: 0 };
  if (name === 'load') {
    state.images.push({ Id: 'sha256:eeee', RepoTags: [], Config: {} });
    return '{"stream":"Loaded image"}\n';
  }
  if (name === 'json' && url.searchParams.has('filters'))
    return state.images.filter((row) => (row['RepoTags'] as string[]).length === 0);
  if (name === 'json') return state.images.map((row) => ({ Id: row['Id'], RepoTags: row['RepoTags'], Created: 0 }));
  if (name === 'create') return pulled(state, url.searchParams);
  const found = state.images.find(
    (row) => [name, `sha256:${name}`].includes(String(row['Id'])) || (row['RepoTags'] as string[]).includes(name),
  );
  if (found === undefined) return undefined;
  if (action === 'tag') return '';
  if (action === 'history') return [{ Id: found['Id'] }, { Id: '<missing>' }, { Id: 'sha256:0123456789abcdef' }];
  if (method !== 'DELETE') return found;
  state.images = state.images.filter((row) => row !== found);
  return [{ Untagged: name }, { Deleted: found['Id'] }];
}

/** An image that is fetched, or made of an archive. */
function pulled(state: State, parameters: URLSearchParams): string {
  const tag = `${parameters.get('fromImage') ?? ''}:${parameters.get('tag') ?? ''}`;
  if (parameters.get('fromSrc') === '-') {
    state.images.push({ Id: 'sha256:ffff', RepoTags: [`${parameters.get('repo') ?? ''}${tag}`], Config: {} });
    return '{"status":"sha256:ffff"}\n';
  }
  if (tag.startsWith('private')) return '{"error":"pull access denied"}\n';
  state.images.push({ Id: 'sha256:bbbb', RepoTags: [tag], Config: {} });
  return `{"status":"Pulling"}\n{"status":"Pull complete","id":"l1"}\n{"status":"Status: Downloaded newer image for ${tag}"}\n`;
}

function networks(state: State, { method, body }: Call, [name, action]: readonly [string, string]): unknown {
  if (name === 'create') {
    state.networks.push({ ...body, Containers: {} });
    return { Id: 'n' };
  }
  if (name === '') return state.networks;
  if (name === 'prune') return { SpaceReclaimed: 0 };
  const found = state.networks.find((row) => isNamed(row, name));
  if (found === undefined) return undefined;
  if (action !== '') join(state, found, { body, connects: action === 'connect' });
  if (method === 'DELETE') state.networks = state.networks.filter((row) => row !== found);
  return method === 'GET' ? found : '';
}

function join(
  state: State,
  network: Row,
  { body, connects }: { readonly body: Row; readonly connects: boolean },
): void {
  const who = state.containers.find((row) => isNamed(row, String(body['Container'])));
  if (who === undefined) return;
  const members = network['Containers'] as Row;
  const theirs = (who['NetworkSettings'] as { Networks: Row }).Networks;
  const [id, name] = [String(who['Id']), String(network['Name'])];
  if (connects) {
    members[id] = { Name: String(who['Name']).slice(1) };
    theirs[name] = body['EndpointConfig'] ?? {};
  } else {
    delete members[id];
    delete theirs[name];
  }
}

function volumes(state: State, { method, body }: Call, name: string): unknown {
  if (name === 'create') {
    const row = { Driver: 'local', ...body };
    state.volumes.push(row);
    return row;
  }
  if (name === 'prune') return { SpaceReclaimed: 0 };
  if (name === '') return { Volumes: state.volumes, Warnings: null };
  const found = state.volumes.find((row) => isNamed(row, name));
  if (method === 'DELETE') state.volumes = state.volumes.filter((row) => row !== found);
  return method === 'DELETE' && found !== undefined ? '' : found;
}
