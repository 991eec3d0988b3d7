import { isDict, loadJson, pythonStr, type Dict, type Value } from '@brine/common';
import { mappingOf, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

const mostAtOnce = 1000;
const programLimit = 30_000;
/** Fields that are numbers, as systemd's own readers take them. */
const numbers: ReadonlySet<Value> = new Set([
  ...['PRIORITY', 'ERRNO', 'CODE_LINE', 'SYSLOG_FACILITY', 'SYSLOG_PID', 'LEADER', 'SESSION_ID'],
  ...['_PID', '_UID', '_GID', '_AUDIT_SESSION', '_AUDIT_LOGINUID', '_SYSTEMD_OWNER_UID', '_SOURCE_REALTIME_TIMESTAMP'],
  ...['__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP'],
]);

/** `journald` */
export const journald: BeaconDeclaration = {
  name: 'journald',
  summary: "Tells of new entries of systemd's journal that have all the fields named.",
  example: `journald:
  - services:
      sshd:
        SYSLOG_IDENTIFIER: sshd
        PRIORITY: 6`,
  validate(config) {
    const areDicts = [...mappingOf(config, 'services').values()].every((item) => isDict(item));
    return areDicts ? undefined : 'Services configuration for journald beacon must be a list of dictionaries.';
  },
  create(context) {
    let cursor: string | undefined;
    return {
      async look(config) {
        const isFirst = cursor === undefined;
        const entries = await readJournal(context, cursor);
        cursor = cursorOf(entries) ?? cursor;
        // Before there is any entry the next look begins where the journal does.
        if (isFirst) {
          cursor ??= '';
          return [];
        }
        const services = mappingOf(config, 'services');
        return entries.flatMap((entry) =>
          [...services].flatMap(([name, fields]) =>
            isDict(fields) && hasAll(entry, fields) ? [new Map([...entry, ['tag', name] as [Value, Value]])] : [],
          ),
        );
      },
    };
  },
};

function cursorOf(entries: readonly Dict[]): string | undefined {
  const cursor = entries.at(-1)?.get('__CURSOR');
  return typeof cursor === 'string' ? cursor : undefined;
}

function hasAll(entry: Dict, fields: Dict): boolean {
  return [...fields].every(([key, value]) => entry.has(key) && pythonStr(entry.get(key) ?? null) === pythonStr(value));
}

async function readJournal({ host }: BeaconContext, cursor: string | undefined): Promise<readonly Dict[]> {
  const program = await host.which('journalctl');
  if (program === undefined) throw new Error('journalctl is missing');
  const from =
    cursor === undefined
      ? ['--lines=1']
      : cursor === ''
        ? [`--lines=${mostAtOnce}`]
        : [`--after-cursor=${cursor}`, `--lines=${mostAtOnce}`];
  const { exitCode, stdout, stderr } = await host.inspect({
    command: [program, '--quiet', '--no-pager', '--output=json', ...from],
    timeout: programLimit,
  });
  if (exitCode !== 0) throw new Error(stderr.trim() || `journalctl ended with ${exitCode}`);
  return stdout.split('\n').flatMap((line) => {
    const entry = line.trim() === '' ? null : loadJson(line);
    return isDict(entry) ? [typed(entry)] : [];
  });
}

function typed(entry: Dict): Dict {
  return new Map([...entry].map(([key, value]) => [key, numbers.has(key) ? Number(value) : value]));
}
