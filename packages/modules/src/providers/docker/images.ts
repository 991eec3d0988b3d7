import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { listIn, memberAt, type DockerReader, type DockerWriter } from './docker-api.ts';

/** An image by name as the daemon knows it; `undefined` when it is not there. */
export async function findImage(docker: DockerReader, name: string): Promise<unknown> {
  return docker.get(`/images/${encodeURIComponent(name)}/json`);
}

/** What pulling an image did, in Salt's form. */
export type PullReport = {
  readonly Status: string;
  readonly Layers: { readonly Already_Pulled?: string[]; readonly Pulled?: string[] };
};

/** Pulls an image, with the login that `docker login` left for its registry. Throws `state-failed`. */
export async function pullImage(docker: DockerWriter, name: string, host: ReadHost): Promise<PullReport> {
  const { repository, tag } = splitImage(name);
  const query = new URLSearchParams({ fromImage: repository, tag });
  const login = await registryLogin(repository, host);
  const told = await docker.stream(
    `/images/create?${query.toString()}`,
    login === undefined ? {} : { 'X-Registry-Auth': login },
  );
  const lines = listIn(told);
  const layers = (status: string): string[] =>
    lines.filter((line) => line['status'] === status && 'id' in line).map((line) => String(line['id']));
  const present = layers('Already exists');
  const pulled = layers('Pull complete');
  const status = lines.map((line) => String(line['status'])).findLast((text) => text.startsWith('Status: '));
  return {
    Status: (status ?? '').replace('Status: ', ''),
    Layers: {
      ...(present.length === 0 ? {} : { Already_Pulled: present }),
      ...(pulled.length === 0 ? {} : { Pulled: pulled }),
    },
  };
}

/** Repository and tag (or digest) of an image's name; a port of a registry is no tag. `latest` unless given. */
export function splitImage(name: string): { readonly repository: string; readonly tag: string } {
  const [, repository = name, digest, tag] = /^(.*?)(?:@(sha256:[0-9a-f]+)|:([^/:]+))?$/.exec(name) ?? [];
  return { repository, tag: digest ?? tag ?? 'latest' };
}

async function registryLogin(repository: string, host: ReadHost): Promise<string | undefined> {
  const first = repository.split('/')[0] ?? '';
  const registry = repository.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'https://index.docker.io/v1/';
  const folder = host.environment('DOCKER_CONFIG') ?? '/root/.docker';
  const content = await host.files.read(`${folder}/config.json`);
  if (content === undefined) return undefined;
  let auth: unknown;
  try {
    auth = memberAt(JSON.parse(Buffer.from(content).toString('utf8')), 'auths', registry, 'auth');
  } catch (cause) {
    throw new AppError({ code: 'state-failed', message: `${folder}/config.json is no JSON`, cause });
  }
  if (typeof auth !== 'string') return undefined;
  const [username = '', ...password] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  const login = { username, password: password.join(':'), serveraddress: registry };
  return Buffer.from(JSON.stringify(login)).toString('base64url');
}
