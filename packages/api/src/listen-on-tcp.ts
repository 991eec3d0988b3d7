import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createSecureContext, Server as TlsServer, type SecureContextOptions } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { AppError } from '@brine/common';
import type { FastifyInstance } from 'fastify';
import { markDoor } from './door.ts';
import { closeServer } from './listen-on-socket.ts';
import type { NetapiListen } from './netapi/netapi-settings.ts';

/** Where the HTTP API can be reached. */
export interface TcpServer {
  readonly port: number;
  readonly host: string;
  readonly isEncrypted: boolean;
  /** Reads the certificate again; what it answers puts it into effect for new connections. Throws `netapi-invalid`. */
  readonly prepareRenewal: () => Promise<() => void>;
  readonly close: () => Promise<void>;
}

/** Milliseconds for the headers, for the whole of a request, and that a connection may be idle. */
const limits: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
};

/**
 * Makes a control surface listen on TCP, with TLS where the settings name a certificate. Everybody who comes this way has to
 * say who it is. Throws `netapi-invalid` when the port or a file cannot be used.
 */
export async function listenOnTcp(surface: FastifyInstance, settings: NetapiListen): Promise<TcpServer> {
  const { host, port, tls, maxConnections } = settings;
  await surface.ready();
  const server = await createFor(surface, tls);
  server.maxConnections = maxConnections;
  markDoor(server, { kind: 'public', isEncrypted: tls !== undefined });
  server.on('upgrade', (...upgrade) => surface.server.emit('upgrade', ...upgrade));
  // A client that does not speak TLS, or not HTTP, is no concern of anybody else.
  server.on('tlsClientError', () => {});
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw unusable(`cannot listen on ${host} port ${port}`, error);
  }
  const { port: actual } = server.address() as AddressInfo;
  return {
    ...{ host, port: actual, isEncrypted: tls !== undefined },
    async prepareRenewal() {
      if (tls === undefined || !(server instanceof TlsServer)) return () => {};
      const context = await readCertificate(tls);
      requireUsable(tls, context);
      return () => server.setSecureContext(context);
    },
    close: async () => closeServer(server),
  };
}

async function createFor(surface: FastifyInstance, tls: NetapiListen['tls']): Promise<Server> {
  if (tls === undefined) return createServer(limits, (request, response) => surface.routing(request, response));
  const context = await readCertificate(tls);
  requireUsable(tls, context);
  return createTlsServer({ ...limits, ...context }, (request, response) => surface.routing(request, response));
}

type Tls = NonNullable<NetapiListen['tls']>;

async function readCertificate(tls: Tls): Promise<SecureContextOptions> {
  const [certificate, key, chain] = await Promise.all(
    [tls.certificate, tls.key, tls.chain].map(async (path) => (path === undefined ? undefined : readText(path))),
  );
  const cert = [certificate, chain].filter((text) => text !== undefined).join('\n');
  return { key, cert, minVersion: 'TLSv1.2' };
}

function requireUsable(tls: Tls, context: SecureContextOptions): void {
  try {
    createSecureContext(context);
  } catch (error) {
    throw unusable(`the certificate ${tls.certificate} and the key ${tls.key} cannot be used together`, error);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unusable(`cannot read ${path}`, error);
  }
}

function unusable(what: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError({ code: 'netapi-invalid', message: `rest_cherrypy: ${what}: ${reason}`, cause });
}
