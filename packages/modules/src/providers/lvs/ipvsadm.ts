import { AppError } from '@brine/common';
import { integer, lineText, operand, optional, withDefault, type Host, type ReadHost } from '../../kit/index.ts';

/** The arguments that name a virtual service. */
export const serviceArguments = {
  protocol: optional(lineText()).describe('Protocol of the service: tcp, udp or fwmark.'),
  service_address: optional(operand()).describe('Address and port of the service, or the mark of its packets.'),
};

/** The argument that names a server of a service. */
export const serverAddress = optional(operand()).describe('Address and port of the server.');

/** How packets get to a server, where nothing else is said. */
export const forwardMethod = withDefault(lineText(), 'dr').describe(
  'How packets get to the server: dr (direct routing), tunnel or nat.',
);

/** The share of a server. */
export const weight = withDefault(shareOfServer(), 1).describe('Share of the server; 0 gives it no new connections.');

/** A whole number of 0 or more. */
export function shareOfServer() {
  return integer().refine((share) => share >= 0, 'must be 0 or more');
}

/** A virtual service as its users name it. */
export interface ServiceName {
  readonly protocol: string | undefined;
  readonly service_address: string | undefined;
}

/** A server of one, and how packets get to it. */
export interface ServerWish {
  readonly server_address: string | undefined;
  readonly packet_forward_method?: string | undefined;
  readonly weight?: number | undefined;
}

const protocols: ReadonlyMap<string | undefined, string> = new Map([
  ['tcp', '-t'],
  ['udp', '-u'],
  ['fwmark', '-f'],
]);
const methods: ReadonlyMap<string, string> = new Map([
  ['dr', '-g'],
  ['tunnel', '-i'],
  ['nat', '-m'],
]);

/** The words by which ipvsadm knows a service. Throws `state-failed` for what cannot be one. */
export function serviceWords({ protocol, service_address: address }: ServiceName): readonly string[] {
  if (address === undefined || address === '') throw refusal('Error: service_address should specified');
  const option = protocols.get(protocol);
  if (option === undefined) throw refusal('Error: Only support tcp, udp and fwmark service protocol');
  return [option, address];
}

/** The words by which ipvsadm knows a server and what is wanted of it. Throws `state-failed` for what cannot be one. */
export function serverWords(wish: ServerWish): readonly string[] {
  const { server_address: address, packet_forward_method: method, weight: share } = wish;
  if (address === undefined || address === '') throw refusal('Error: server_address should specified');
  const option = method === undefined ? undefined : methods.get(method);
  if (method !== undefined && option === undefined) throw refusal('Error: only support dr, tunnel and nat');
  return ['-r', address, ...(option === undefined ? [] : [option]), ...(share === undefined ? [] : ['-w', `${share}`])];
}

/** The table as `ipvsadm -S` tells it, with numbers for names. Throws `provider-missing` and `state-failed`. */
export async function readRules(host: ReadHost): Promise<string> {
  const { exitCode, stdout, stderr } = await host.inspect({ command: ['ipvsadm', '-S', '-n'], timeout: 60_000 });
  if (exitCode === 127)
    throw new AppError({ code: 'provider-missing', message: 'The program ipvsadm is not on this minion.' });
  if (exitCode !== 0) throw refusal(stderr.trim() || stdout.trim());
  return stdout.trimEnd();
}

/** Whether a table has a service, and `scheduler` as its way to choose a server, if one is given. */
export function hasService(rules: string, service: ServiceName, scheduler?: string): boolean {
  return hasRule(rules, ['-A', ...serviceWords(service)], scheduler === undefined ? [] : ['-s', scheduler]);
}

/** Whether a table has a server of a service, set as `wish` says as far as it says. */
export function hasServer(rules: string, service: ServiceName, wish: ServerWish): boolean {
  const [flag = '', address = '', ...settings] = serverWords(wish);
  // Services by mark have no port, and their servers are told with port 0.
  const addresses = [address, `${address}:0`];
  return addresses.some((one) => hasRule(rules, ['-a', ...serviceWords(service), flag, one], settings));
}

function hasRule(rules: string, start: readonly string[], settings: readonly string[]): boolean {
  return rules.split('\n').some((line) => {
    const words = line.trim().split(/\s+/);
    const rest = words.slice(start.length).join(' ');
    const pairs = settings.length === 0 ? [] : settings.join(' ').split(/ (?=-)/);
    return start.every((word, at) => words[at] === word) && pairs.every((pair) => ` ${rest} `.includes(` ${pair} `));
  });
}

/** Changes the table; answers what ipvsadm complained about, nothing when it was done. */
export async function changeRules(machine: Host, words: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await machine.run({ command: ['ipvsadm', ...words], timeout: 60_000 });
  return exitCode === 0 ? undefined : stderr.trim() || stdout.trim();
}

function refusal(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}
