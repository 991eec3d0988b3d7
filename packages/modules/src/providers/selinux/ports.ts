import type { ReadHost } from '../../kit/index.ts';
import { readTool } from './read-tool.ts';

/** A rule that gives ports their type. */
export interface PortPolicy {
  readonly sel_type: string;
  readonly protocol: string;
  readonly port: string;
}

/** What `tcp/8080` or the arguments beside it name; a text says what is wrong. */
export function readPort(
  name: string,
  given: { readonly protocol: string | undefined; readonly port: string | undefined },
): { readonly protocol: string; readonly port: string } | string {
  const [, inName, portInName] = /^(tcp|udp)\/(\d+(?:-\d+)?)$/.exec(name) ?? [];
  const protocol = given.protocol ?? inName;
  const port = given.port ?? portInName;
  if (protocol === undefined || port === undefined)
    return `Invalid name "${name}" format and protocol and port not provided as arguments.`;
  if (!['tcp', 'udp'].includes(protocol)) return `Invalid protocol ${protocol}: tcp or udp`;
  return /^\d+(-\d+)?$/.test(port) ? { protocol, port } : `Invalid port ${port}`;
}

/** The rules for a port, own ones and those of the policy, in the order semanage lists them. */
export async function findPorts(
  host: ReadHost,
  { protocol, port }: { readonly protocol: string; readonly port: string },
): Promise<readonly PortPolicy[]> {
  const rows = (await readTool(host, ['semanage', 'port', '-l']))
    .split('\n')
    .map((line) => /^(\w+)\s+(tcp|udp)\s+([\d\-, ]+)$/.exec(line.trim()));
  return rows.flatMap((row) => {
    const [, type = '', kind = '', ports = ''] = row ?? [];
    const isMeant = kind === protocol && ports.split(/,\s*/).includes(port);
    return isMeant ? [{ sel_type: type, protocol: kind, port: ports }] : [];
  });
}
