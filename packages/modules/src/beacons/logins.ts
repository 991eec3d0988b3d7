import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { parseDateText } from '@brine/common/schedule';
import { mappingOf, payload, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

const recordSize = 384;
const mostAtOnce = 1000;

/** A record of `utmp(5)`. */
interface LoginRecord {
  readonly type: number;
  readonly pid: number;
  readonly line: string;
  readonly id: string;
  readonly user: string;
  readonly host: string;
  readonly exitStatus: number;
  readonly session: number;
  /** Seconds since the Unix epoch. */
  readonly time: number;
  readonly address: string;
}

function logins(name: 'btmp' | 'wtmp', summary: string): BeaconDeclaration {
  return {
    name,
    summary,
    example: `${name}:
  - users:
      gareth:
        time_range: {start: '8am', end: '4pm'}
  - groups:
      users: {}
  - defaults:
      time_range: {start: '8am', end: '4pm'}`,
    validate: (config) => validate(name, config),
    create(context) {
      let offset: number | undefined;
      const users = new Map<string, string>();
      return {
        async look(config) {
          const file = `/var/log/${name}`;
          const size = (await context.host.files.stat(file, { follow: true }))?.size;
          if (size === undefined) throw new Error(`[Errno 2] No such file or directory: '${file}'`);
          const from = offset === undefined ? size : offset > size ? 0 : offset;
          const count = Math.min(Math.floor((size - from) / recordSize), mostAtOnce);
          offset = from + count * recordSize;
          if (count === 0) return [];
          const bytes = await context.host.files.read(file, { offset: from, limit: count * recordSize });
          const filter = await createFilter(context, config);
          return readRecords(bytes ?? new Uint8Array())
            .map((record) => describe(record, name === 'wtmp' ? { config, users } : undefined))
            .filter((event) => filter(pythonStr(event.get('user') ?? '')));
        },
      };
    },
  };
}

/** `btmp` */
export const btmp = logins('btmp', 'Tells of failed logins.');
/** `wtmp` */
export const wtmp = logins('wtmp', 'Tells of logins and logouts (`action`).');

function validate(name: string, config: Dict): string | undefined {
  for (const [key, word] of [
    ['users', 'User'],
    ['groups', 'Group'],
  ] as const) {
    if (!config.has(key)) continue;
    const given = config.get(key) ?? null;
    if (!isDict(given)) return `${word} configuration for ${name} beacon must be a dictionary.`;
    for (const settings of given.values()) {
      const fault = isDict(settings) ? rangeFault(name, settings) : undefined;
      if (fault !== undefined) return fault;
    }
  }
  if (!config.has('defaults')) return undefined;
  const defaults = config.get('defaults') ?? null;
  return isDict(defaults)
    ? rangeFault(name, defaults)
    : `Defaults configuration for ${name} beacon must be a dictionary.`;
}

function rangeFault(name: string, settings: Dict): string | undefined {
  const range = settings.get('time_range') ?? null;
  if (range === null || (isDict(range) && range.size === 0)) return undefined;
  if (isDict(range) && range.has('start') && range.has('end')) return undefined;
  return isDict(range)
    ? `The time_range parameter for ${name} beacon must contain start & end options.`
    : `The time_range parameter for ${name} beacon must be a dictionary.`;
}

async function createFilter(context: BeaconContext, config: Dict): Promise<(user: string) => boolean> {
  const users: Dict = new Map(mappingOf(config, 'users'));
  for (const [group, settings] of mappingOf(config, 'groups')) {
    for (const member of (await context.host.group(pythonStr(group)))?.members ?? [])
      if (!users.has(member)) users.set(member, settings);
  }
  const defaults = mappingOf(config, 'defaults');
  return (user) => {
    if (users.size > 0 && !users.has(user)) return false;
    const own = users.get(user) ?? null;
    const range = isDict(own) && own.has('time_range') ? own.get('time_range') : defaults.get('time_range');
    return isDict(range ?? null) ? isWithin(range as Dict, context.now()) : true;
  };
}

function isWithin(range: Dict, now: number): boolean {
  const at = (key: string): number => parseDateText(pythonStr(range.get(key) ?? ''), now) ?? Number.NaN;
  return at('start') <= now && now <= at('end');
}

function readRecords(bytes: Uint8Array): readonly LoginRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (start: number, length: number): string => {
    const part = bytes.subarray(start, start + length);
    const end = part.indexOf(0);
    return new TextDecoder().decode(end === -1 ? part : part.subarray(0, end));
  };
  const records: LoginRecord[] = [];
  for (let at = 0; at + recordSize <= bytes.length; at += recordSize) {
    const int = (offset: number): number => view.getInt32(at + offset, true);
    records.push({
      type: view.getInt16(at, true),
      pid: int(4),
      line: text(at + 8, 32),
      id: text(at + 40, 4),
      user: text(at + 44, 32),
      host: text(at + 76, 256),
      exitStatus: view.getInt16(at + 334, true),
      session: int(336),
      time: int(340),
      address: addressOf(bytes.subarray(at + 348, at + 364)),
    });
  }
  return records;
}

function addressOf(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return '';
  if (bytes.subarray(4).every((byte) => byte === 0)) return bytes.subarray(0, 4).join('.');
  return Buffer.from(bytes)
    .toString('hex')
    .replaceAll(/(.{4})(?!$)/g, '$1:');
}

const userLogin = 7;
const userLogout = 8;

/** A logout does not name its user: who logged in on the same line is remembered. */
function describe(
  record: LoginRecord,
  wtmp: { readonly config: Dict; readonly users: Map<string, string> } | undefined,
): Dict {
  const event: Dict = payload(
    ['type', record.type],
    ['PID', record.pid],
    ['line', record.line],
    ['inittab', record.id],
    ['user', record.user],
    ['hostname', record.host],
    ['exit_status', record.exitStatus],
    ['session', record.session],
    ['time', record.time],
    ['addr', record.address],
  );
  if (wtmp === undefined) return event;
  const types = mappingOf(wtmp.config, 'ut_type');
  const isType = (key: string, standard: Value): boolean => record.type === Number(types.get(key) ?? standard);
  if (isType('login', userLogin)) {
    event.set('action', 'login');
    wtmp.users.set(record.line, record.user);
  } else if (isType('logout', userLogout)) {
    event.set('action', 'logout');
    event.set('user', wtmp.users.get(record.line) ?? '');
    wtmp.users.delete(record.line);
  }
  return event;
}
