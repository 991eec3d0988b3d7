import { AppError, parseArguments, type Value } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { createLocalHost } from '../index.ts';
import { createExampleHost } from '../../test-support/example-world.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import { runFunction } from './call-function.ts';
import { splitWords } from './split-words.ts';
import { functionTable } from './table.ts';

/** Examples that are only bound to their schemas, with what stands against running them in a test. */
const onlyBound: ReadonlyMap<string, string> = new Map([
  ['http.query', 'it asks a server of the world'],
  ['http.wait_for_successful_query', 'it asks a server of the world'],
  ['http.update_ca_bundle', 'it asks a server of the world'],
  ['network.connect', 'it asks a server of the world'],
  ['network.wol', 'it wakes machines of the network'],
  ['dnsutil.A', 'it asks name servers of the world'],
  ['dnsutil.AAAA', 'it asks name servers of the world'],
  ['network.fqdns', 'it asks name servers of the world'],
  ['ps.top', 'it looks for seconds; more-machine.test.ts runs its like'],
  ['test.sleep', 'it sleeps for seconds'],
  ['test.rand_sleep', 'it sleeps for seconds'],
]);

/** Modules whose functions need more than a machine; here their examples say so, in these words. */
const needMore: readonly (readonly [RegExp, RegExp])[] = [
  [/^(beacons|converge)\./, /none runs here|cannot be called from here/],
  [/^x509\.(create_certificate|create_csr)$/, /does not exist|Could not load/],
  [/^x509\.(read_csr|\w+_crl)$/, /Could not load/],
  [/^tls\.(validate|cert_info|get_ca_signed_\w+)$/, /Could not load|does not exists/],
  [/^gpg\./, /does not exist|could not sign|were received|was found|was not found/],
  [/^file\.get_source_sum$/, /not found/],
  [/^pip\.upgrade_available$/, /no list/],
  [/^state\./, /cannot be called from here|belongs to salt-ssh|is not available/],
  [/^(jinja\.|slsutil\.renderer$)/, /cannot be called from here/],
  [/^saltutil\.(regen_keys|revoke_auth)$/, /there is no (minion here|master)/],
  [/^saltutil\.(cmd|cmd_iter|runner|wheel)$/, /in orchestrations on the master only/],
  [/^cp\.push$/, /no master to send a file to/],
  [/^nacl\./, /no (key|pubkey) or (sk|pk)_file found|there is nothing in|cannot use/],
  [/^xfs\.defragment$/, /is not mounted/],
  [/^cmd\.run_chroot$/, /either not absolute or does not exist/],
  [/^redis\./, /Error connecting to localhost/],
  [
    /^(archive\.(list|is_encrypted)|pkg\.set_selections|ssh\..*from_file|ssh\.check_key_file|file\.get_diff)$/,
    /[Ff]ailed to|could not be found/,
  ],
  [
    /^(file\.(rmdir|readlink|get_hash|lchown)|git\.worktree_rm)$/,
    /valid (directory|link) was not|No such file|is not a git worktree/,
  ],
  [/^file\.(blockreplace|line)$/, /Markers were not found|Found less than expected/],
  [
    /^(git\.remote_get|file\.manage_file|ps\.proc_info|sdb\.get|virtualenv\.get_resource_content)$/,
    /not present|not found|wasnt found|cannot use/,
  ],
  [/^(slsutil\.findup|pillar\.(why|file_exists|keys)|pkg\.del_repo)$/, /not found|No pillar_roots|doesn't exist/],
  [/^(test\.(assertion|exception|raise_exception)|match\.ifelse)$/, /AssertionError|Oh noes|required|odd number/],
  [
    /^pkg\.(group_?\w+|list_patches|list_installed_patches|verify)$/,
    /has no groups|knows no advisories|not implemented/,
  ],
  [/^pkg\.install$/, /not found in saltenv/],
  [/^service\.(mask|unmask)$/, /masking not available/],
  [/^docker\.(load|import|save|export|build|copy_to)$/, /does not exist|no such file|no folder/],
  [/^docker\./, /cannot be reached/],
  [/^minion\.(kill|restart)$/, /no minion here that could be ended/],
  [/^smtp\.send_msg$/, /is not in the configuration|does not exist/],
  [/^(lowpkg\.|pkg\.diff$)/, /does not exist|is for rpm|is for dpkg/],
  [/^ethtool\./, /Cannot get device/],
  [/^ip\.build_interface$/, /cannot use|Invalid/],
  [/^(nftables|augeas)\./, /not installed|No such file/],
  [/^(grains|state)\./, /cannot use \/nonexistent/],
];

type Outcome = { readonly answer: Value } | { readonly code: string; readonly message: string };

async function runExample(example: string, host: FakeHost | ReturnType<typeof createLocalHost>): Promise<Outcome> {
  const { positional, keyword } = parseArguments(splitWords(example).slice(2));
  const name = splitWords(example)[1] ?? '';
  const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64' };
  const context = createScratchContext({ host, grains, context: { signal: AbortSignal.timeout(10_000) } });
  try {
    const call = { table: { functions: functionTable }, name, positional, keyword, context, isDirect: true };
    return { answer: (await runFunction(call)).value };
  } catch (error) {
    // Anything else is a crash, and fails the test.
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, message: error.message };
  }
}

describe('the examples of functions', () => {
  const names = Object.keys(functionTable).filter((name) => !onlyBound.has(name));

  it.each(names)('run %s where all it speaks of is there, and say what is missing on a bare machine', async (name) => {
    const words = needMore.filter(([modules]) => modules.test(name)).map(([, message]) => message);
    const declaration = await functionTable[name]?.();
    const faults: string[] = [];
    for (const example of declaration?.examples ?? []) {
      const outcome = await runExample(example, createExampleHost());
      const isForetold = 'answer' in outcome || words.some((message) => message.test(outcome.message));
      if (!isForetold) faults.push(`${example}: ${outcome.message}`);
      const bare = await runExample(example, createFakeHost());
      if ('code' in bare && bare.code === 'function-arguments') faults.push(`${example}: ${bare.message}`);
    }
    expect(faults).toEqual([]);
  });

  /** Looks that any Linux machine answers, run on this one. */
  const looks = [
    ...['test.ping', 'test.echo', 'test.arg', 'test.fib', 'test.collatz', 'test.version', 'hashutil.digest'],
    ...['random.get_str', 'random.rand_int', 'random.seed', 'environ.items', 'environ.has_value', 'sys.list_modules'],
    ...['status.uptime', 'status.loadavg', 'status.cpuinfo', 'status.meminfo', 'status.diskstats', 'status.netdev'],
    ...['status.diskusage', 'status.vmstats', 'status.cpustats', 'ps.get_pid_list', 'ps.num_cpus', 'ps.cpu_times'],
    ...['ps.virtual_memory', 'ps.swap_memory', 'ps.disk_io_counters', 'ps.boot_time', 'ps.cpu_percent', 'ps.status'],
    ...['disk.usage', 'disk.inodeusage', 'network.interfaces', 'network.active_tcp', 'network.ip_networks6'],
    ...['network.subnets6', 'user.list_users', 'group.getent', 'user.getent', 'mount.active', 'mount.fstab'],
    ...['file.stats', 'file.statvfs', 'file.file_exists', 'cmd.run', 'cmd.which', 'system.get_system_date_time'],
    ...['pkg.list_pkgs', 'pkg.version', 'pkg.normalize_name', 'locale.list_avail', 'kmod.lsmod', 'grains.items'],
  ].filter((name) => Object.hasOwn(functionTable, name));

  it.each(looks)('run %s on this machine', async (name) => {
    const declaration = await functionTable[name]?.();
    const outcome = await runExample(declaration?.examples[0] ?? '', createLocalHost());
    const fault = 'answer' in outcome ? undefined : outcome.message;
    expect(fault === undefined || /No such file|not found|does not exist|Could not statvfs/.test(fault), fault).toBe(
      true,
    );
  });
});
