import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Redis on a free port of the loopback interface. */
export interface RedisServer {
  readonly port: number;
  readonly password: string;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts one with a password; resolves when it accepts connections. */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'brine-redis-'));
  const password = 'geheim';
  const port = await freePort();
  const options = ['--port', String(port), '--dir', folder, '--save', '', '--requirepass', password];
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept connections')) resolve();
    });
  });
  return {
    port,
    password,
    stop: async () => {
      await new Promise((resolve) => {
        server.on('exit', resolve);
        server.kill();
      });
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
