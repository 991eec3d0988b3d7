import { AppError, type Value } from '@brine/common';
import { anyValue, optional, type Argument } from '../../kit/index.ts';
import { dockerKinds, toKeys, type DockerKind } from './docker-values.ts';

/** One setting of a container: its names in SLS files, where the API keeps it, and how a value gets there. */
export interface ContainerSetting {
  readonly names: readonly string[];
  readonly section: 'Config' | 'HostConfig';
  readonly key: string;
  readonly kind: DockerKind;
  readonly about: string;
  /** Left as the daemon made it unless given. */
  readonly onlyGiven?: true;
}

type Row = readonly [names: string, key: string, kind: DockerKind, about: string, onlyGiven?: true];

const config = (...row: Row): ContainerSetting => toSetting('Config', row);
const hostConfig = (...row: Row): ContainerSetting => toSetting('HostConfig', row);

function toSetting(section: ContainerSetting['section'], [names, key, kind, about, onlyGiven]: Row): ContainerSetting {
  return { names: names.split(' '), section, key, kind, about, ...(onlyGiven === undefined ? {} : { onlyGiven }) };
}

/** Every setting of a container, by Salt's names and their aliases. */
export const containerSettings: readonly ContainerSetting[] = [
  hostConfig('auto_remove rm', 'AutoRemove', 'boolean', 'Whether it is removed when it ends.'),
  hostConfig('binds', 'Binds', 'texts', 'Paths of this machine in the container: /host:/inside:ro.'),
  hostConfig('blkio_weight', 'BlkioWeight', 'integer', 'Weight of its input and output, 10 to 1000.'),
  hostConfig('cap_add', 'CapAdd', 'texts', 'Capabilities it gets.'),
  hostConfig('cap_drop', 'CapDrop', 'texts', 'Capabilities it does not get.'),
  config('command cmd', 'Cmd', 'command', 'What it runs.'),
  hostConfig('cpuset_cpus cpuset', 'CpusetCpus', 'text', 'The processors it may use: 0-3 or 0,1.'),
  hostConfig('cpuset_mems', 'CpusetMems', 'text', 'The memory nodes it may use.'),
  hostConfig('cpu_group', 'CpuQuota', 'integer', 'Microseconds of processor time in each period.'),
  hostConfig('cpu_period', 'CpuPeriod', 'integer', 'Microseconds of a period.'),
  hostConfig('cpu_shares', 'CpuShares', 'integer', 'Its share of the processors.'),
  hostConfig('devices device', 'Devices', 'devices', 'Devices in the container: /dev/x:/dev/y:rwm.'),
  hostConfig('dns', 'Dns', 'texts', 'Name servers.'),
  hostConfig('dns_opt dns_option', 'DnsOptions', 'texts', 'Options of the resolver.'),
  hostConfig('dns_search', 'DnsSearch', 'texts', 'Domains to search.'),
  config('domainname', 'Domainname', 'text', 'Its domain.'),
  config('entrypoint', 'Entrypoint', 'command', 'What it runs its command with.'),
  config('environment env', 'Env', 'environment', 'Environment variables.'),
  hostConfig('extra_hosts', 'ExtraHosts', 'hosts', 'Lines of /etc/hosts: name:address.'),
  hostConfig('group_add', 'GroupAdd', 'texts', 'Further groups it runs with.'),
  config('hostname', 'Hostname', 'text', 'Its host name.', true),
  hostConfig('ipc_mode ipc', 'IpcMode', 'text', 'Whose IPC it has: host, or container:NAME.', true),
  hostConfig('isolation', 'Isolation', 'text', 'How it is isolated.', true),
  config('labels label', 'Labels', 'labels', 'Labels.'),
  hostConfig('links', 'Links', 'links', 'Containers it reaches: name:alias.'),
  config('mac_address', 'MacAddress', 'text', 'Its MAC address.', true),
  hostConfig('mem_limit memory', 'Memory', 'bytes', 'Bytes of memory it may use, or 512m.'),
  hostConfig('mem_swappiness', 'MemorySwappiness', 'integer', 'How readily its memory is swapped out.'),
  hostConfig('memswap_limit memory_swap', 'MemorySwap', 'bytes', 'Bytes of memory and swap together.', true),
  config('network_disabled', 'NetworkDisabled', 'boolean', 'Whether it has no network.'),
  hostConfig('network_mode', 'NetworkMode', 'text', 'Its network: bridge, host, none, container:NAME.', true),
  hostConfig('oom_kill_disable', 'OomKillDisable', 'boolean', 'Whether it is spared when memory runs out.'),
  hostConfig('oom_score_adj', 'OomScoreAdj', 'integer', 'How readily it is killed when memory runs out.'),
  hostConfig('pid_mode', 'PidMode', 'text', 'Whose processes it sees: host.'),
  hostConfig('pids_limit', 'PidsLimit', 'integer', 'How many processes it may have.'),
  hostConfig('port_bindings publish', 'PortBindings', 'bindings', 'Ports of this machine: 8080:80.'),
  config('ports expose', 'ExposedPorts', 'ports', 'Ports that it opens.'),
  hostConfig('privileged', 'Privileged', 'boolean', 'Whether it has all rights.'),
  hostConfig(
    'publish_all_ports publish_all',
    'PublishAllPorts',
    'boolean',
    'Whether all ports get one of this machine.',
  ),
  hostConfig('read_only', 'ReadonlyRootfs', 'boolean', 'Whether its file system cannot be written.'),
  hostConfig('restart_policy restart', 'RestartPolicy', 'restart', 'When it is started again: on-failure:5.'),
  hostConfig('security_opt security_opts', 'SecurityOpt', 'texts', 'Security options.'),
  hostConfig('shm_size', 'ShmSize', 'bytes', 'Bytes of /dev/shm.', true),
  config('stdin_open interactive', 'OpenStdin', 'boolean', 'Whether its input stays open.'),
  config('stop_signal', 'StopSignal', 'text', 'The signal that stops it.'),
  config('stop_timeout', 'StopTimeout', 'integer', 'Seconds it has to stop.'),
  hostConfig('storage_opt', 'StorageOpt', 'pairs', 'Options of the storage driver.'),
  hostConfig('sysctls sysctl', 'Sysctls', 'pairs', 'Kernel settings.'),
  hostConfig('tmpfs', 'Tmpfs', 'pairs', 'Paths in memory and their options.'),
  config('tty', 'Tty', 'boolean', 'Whether it has a terminal.'),
  hostConfig('ulimits ulimit', 'Ulimits', 'ulimits', 'Limits: nofile=1024:2048.'),
  config('user', 'User', 'text', 'The user it runs as.'),
  hostConfig('userns_mode user_ns_mode', 'UsernsMode', 'text', 'Whose user ids it has.'),
  hostConfig('volume_driver', 'VolumeDriver', 'text', 'The driver of its volumes.'),
  config('volumes volume', 'Volumes', 'mounts', 'Paths kept in volumes.'),
  hostConfig('volumes_from', 'VolumesFrom', 'texts', 'Containers whose volumes it has.'),
  config('working_dir workdir', 'WorkingDir', 'text', 'The folder it starts in.'),
];

/** The arguments of a container's settings. */
export const containerArguments: Readonly<Record<string, Argument<Value | undefined>>> = {
  ...Object.fromEntries(
    containerSettings.flatMap(({ names, about }) =>
      names.map((name, index) => [
        name,
        optional(anyValue()).describe(index === 0 ? about : `The same as ${names[0] ?? ''}.`),
      ]),
    ),
  ),
  log_driver: optional(anyValue()).describe('The driver of its log.'),
  log_opt: optional(anyValue()).describe('Options of that driver.'),
};

/** What a container is to be made with: members of the API that were given. */
export interface ContainerSpec {
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/** Translates arguments. Throws `state-failed` for a value that cannot be such, or one that is given twice. */
export function toContainerSpec(args: Readonly<Record<string, unknown>>): ContainerSpec {
  const spec = { Config: {} as Record<string, unknown>, HostConfig: {} as Record<string, unknown> };
  for (const { names, section, key, kind } of containerSettings) {
    const given = names.filter((name) => args[name] !== undefined);
    if (given.length > 1)
      throw new AppError({
        code: 'state-failed',
        message: `'${given[1] ?? ''}' is an alias for '${given[0] ?? ''}', they cannot both be used`,
      });
    const [name] = given;
    if (name !== undefined) spec[section][key] = dockerKinds[kind](args[name] as Value);
  }
  if (args['log_driver'] !== undefined || args['log_opt'] !== undefined)
    spec.HostConfig['LogConfig'] = {
      Type: dockerKinds.text((args['log_driver'] ?? '') as Value),
      Config: args['log_opt'] === undefined ? {} : dockerKinds.pairs(args['log_opt'] as Value),
    };
  // A port that is bound is open too.
  const bound = Object.keys((spec.HostConfig['PortBindings'] ?? {}) as object);
  if (bound.length > 0)
    spec.Config['ExposedPorts'] = { ...(spec.Config['ExposedPorts'] as object | undefined), ...toKeys(bound) };
  return spec;
}
