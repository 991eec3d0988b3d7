import { defineGrain, type GrainContext } from '../kit/define-grain.ts';
import type { ReadHost } from '../kit/host.ts';
import { exists, readOptional } from './read-file.ts';

export const virtual = defineGrain({
  name: 'virtual',
  summary: 'What kind of machine this is.',
  grains: {
    virtual: '`physical`, `kvm`, `VMware`, `VirtualBox`, `xen`, `container`, …',
    virtual_subtype: 'More of it, e.g. `Docker` or `LXC`, where that is known.',
  },
  async collect(context) {
    const hypervisor = await detectHypervisor(context);
    const container = await detectContainer(context.host);
    const isChroot = container === undefined && (await isInChroot(context.host));
    const found = { ...hypervisor, ...container, ...(isChroot ? { subtype: 'chroot' } : {}) };
    const kind = found.kind ?? (found.subtype === undefined ? 'physical' : 'virtual');
    return { virtual: kind, virtual_subtype: found.subtype };
  },
});

interface Kind {
  readonly kind?: string;
  readonly subtype?: string;
}

interface FirmwareSign extends Kind {
  readonly kind: string;
  /** What the firmware says, when it is this. */
  readonly sign: RegExp;
}

// The first that fits wins; the texts are `vendor|product|bios vendor|bios version`.
const firmwareSigns: readonly FirmwareSign[] = [
  { sign: /VirtualBox/, kind: 'VirtualBox' },
  { sign: /RHEV Hypervisor/, kind: 'kvm', subtype: 'rhev' },
  { sign: /oVirt/, kind: 'kvm', subtype: 'ovirt' },
  { sign: /^Google/, kind: 'gce' },
  { sign: /BHYVE/, kind: 'bhyve' },
  { sign: /^Nutanix\|AHV/, kind: 'kvm', subtype: 'Nutanix AHV' },
  { sign: /HVM domU/, kind: 'xen', subtype: 'Xen HVM DomU' },
  { sign: /\|[\d.]+\.amazon/, kind: 'xen', subtype: 'Amazon EC2' },
  { sign: /VMware/, kind: 'VMware' },
  { sign: /^Microsoft[^|]*\|Virtual Machine/, kind: 'VirtualPC' },
  { sign: /^Parallels/, kind: 'Parallels' },
  { sign: /QEMU|Bochs|SeaBIOS|^OpenStack/, kind: 'kvm' },
];

async function detectHypervisor({ host }: GrainContext): Promise<Kind> {
  const [vendor, product, biosVendor, biosVersion] = await Promise.all(
    ['sys_vendor', 'product_name', 'bios_vendor', 'bios_version'].map(async (file) =>
      (await readOptional(host, `/sys/class/dmi/id/${file}`)).trim(),
    ),
  );
  if (vendor === 'Amazon EC2') return { kind: 'Nitro', subtype: `Amazon EC2 (${product ?? ''})` };
  const text = [vendor, product, biosVendor, biosVersion].join('|');
  const sign = firmwareSigns.find((each) => each.sign.test(text));
  if (sign !== undefined) return sign.subtype === undefined ? { kind: sign.kind } : sign;
  return (await detectXen(host)) ?? (await detectByProcessor(host));
}

async function detectXen(host: ReadHost): Promise<Kind | undefined> {
  const capabilities = await readOptional(host, '/proc/xen/capabilities');
  if (capabilities.includes('control_d') || (await exists(host, '/proc/xen/xsd_kva'))) {
    return { kind: 'xen', subtype: 'Xen Dom0' };
  }
  const isGuest = (await readOptional(host, '/sys/hypervisor/type')).trim() === 'xen';
  return isGuest ? { kind: 'xen', subtype: 'Xen PV DomU' } : undefined;
}

// Machines without firmware tables (microVMs) show in what the kernel found to keep the time with.
async function detectByProcessor(host: ReadHost): Promise<Kind> {
  const processors = await readOptional(host, '/proc/cpuinfo');
  if (processors.includes('QEMU Virtual CPU')) return { kind: 'kvm' };
  const clocks = await readOptional(host, '/sys/devices/system/clocksource/clocksource0/available_clocksource');
  if (clocks.includes('kvm-clock')) return { kind: 'kvm' };
  return clocks.includes('hyperv') ? { kind: 'HyperV' } : {};
}

const containers: Readonly<Record<string, string>> = { lxc: 'LXC', docker: 'Docker', podman: 'Podman', oci: 'Docker' };

async function detectContainer(host: ReadHost): Promise<Kind | undefined> {
  if (await exists(host, '/proc/vz/veinfo')) {
    return { kind: (await exists(host, '/proc/vz/version')) ? 'openvzhn' : 'openvzve' };
  }
  const named = await containerName(host);
  if (named === 'systemd-nspawn') return { kind: 'systemd-nspawn' };
  const known = named === undefined ? undefined : containers[named];
  if (known !== undefined) return { kind: 'container', subtype: known };
  const groups = await readOptional(host, '/proc/1/cgroup');
  if (groups.includes(':/lxc/')) return { kind: 'container', subtype: 'LXC' };
  if (groups.includes(':/kubepods')) return { kind: 'container', subtype: 'kubernetes' };
  if (groups.includes(':/libpod_parent/')) return { kind: 'container', subtype: 'libpod' };
  if (/:\/(system\.slice\/docker|docker\/|docker-ce\/)/.test(groups)) return { kind: 'container', subtype: 'Docker' };
  if (await exists(host, '/.dockerenv')) return { kind: 'container', subtype: 'Docker' };
  return (await exists(host, '/run/.containerenv')) ? { kind: 'container', subtype: 'Podman' } : undefined;
}

async function containerName(host: ReadHost): Promise<string | undefined> {
  const told = (await readOptional(host, '/run/systemd/container')).trim();
  if (told !== '') return told;
  const variables = (await readOptional(host, '/proc/1/environ')).split('\0');
  return variables.find((variable) => variable.startsWith('container='))?.slice('container='.length);
}

async function isInChroot(host: ReadHost): Promise<boolean> {
  try {
    const [own, first] = await Promise.all([
      host.files.stat('/', { follow: true }),
      host.files.stat('/proc/1/root/.', { follow: true }),
    ]);
    if (own === undefined || first === undefined) return false;
    return own.inode !== first.inode || own.device !== first.device;
  } catch {
    return false;
  }
}
