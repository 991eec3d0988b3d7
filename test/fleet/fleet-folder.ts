import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Lines of a configuration file: a key and its value, written as JSON (which is YAML). */
export type Settings = Readonly<Record<string, unknown>>;

/** The scratch folder of a fleet, with the configuration of its master and minions. */
export interface FleetFolder {
  readonly path: string;
  readonly publishPort: number;
  readonly returnPort: number;
  /** Writes a file, making its folders, and answers its absolute path. */
  write(relative: string, content: string | Uint8Array, mode?: number): string;
  /** The absolute path of something in the folder. */
  at(...relative: readonly string[]): string;
  configureMaster(settings?: Settings): void;
  configureMinion(id: string, settings?: Settings): void;
}

/** Makes a scratch folder and finds two ports that nobody listens on. */
export async function createFleetFolder(): Promise<FleetFolder> {
  const path = mkdtempSync(join(tmpdir(), 'brine-fleet-'));
  const [publishPort, returnPort] = await freePorts();
  const at = (...relative: readonly string[]): string => join(path, ...relative);
  function write(relative: string, content: string | Uint8Array, mode = 0o644): string {
    mkdirSync(dirname(at(relative)), { recursive: true });
    writeFileSync(at(relative), content, { mode });
    return at(relative);
  }
  return {
    path,
    publishPort,
    returnPort,
    at,
    write,
    configureMaster: (settings = {}) => {
      const roots = { file_roots: { base: [at('states')] }, pillar_roots: { base: [at('pillar')] } };
      const ports = { interface: '127.0.0.1', publish_port: publishPort, ret_port: returnPort };
      write('master/master', toLines({ root_dir: at('master'), ...ports, ...roots, ...settings }));
    },
    configureMinion: (id, settings = {}) => {
      const master = { master: '127.0.0.1', master_port: returnPort };
      write(`${id}/minion`, toLines({ id, root_dir: at(id), ...master, ...settings }));
    },
  };
}

function toLines(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** Both are held at once, so that they differ. */
async function freePorts(): Promise<readonly [number, number]> {
  const [first, second] = [await listen(), await listen()];
  const ports = [portOf(first), portOf(second)] as const;
  await Promise.all([first, second].map((server) => new Promise((resolve) => void server.close(resolve))));
  return ports;
}

/** A server on a free port of the loopback interface. */
export async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return server;
}

/** The port a server listens on. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
