import { defineGrain } from '../kit/define-grain.ts';
import { exists, readOptional } from './read-file.ts';
import { splitWords } from '../functions/split-words.ts';

export const kernel = defineGrain({
  name: 'kernel',
  summary: 'The running kernel.',
  grains: {
    kernel: 'Name of the kernel: `Linux`.',
    kernelrelease: 'Release of the kernel.',
    kernelversion: 'Build of the kernel.',
    kernelparams: 'What the kernel was started with: pairs of name and value.',
    nodename: 'The name the kernel knows the machine by.',
    cpuarch: 'The architecture, e.g. `x86_64`.',
    efi: 'Whether the machine was started by UEFI.',
    'efi-secure-boot': 'Whether UEFI let signed code start only.',
  },
  async collect({ host, machine }) {
    const { kernel: name, nodename, release, version, architecture } = machine.uname();
    return {
      kernel: name,
      nodename,
      kernelrelease: release,
      kernelversion: version,
      cpuarch: architecture,
      kernelparams: readParameters(await readOptional(host, '/proc/cmdline')),
      efi: (await exists(host, '/sys/firmware/efi/efivars')) || (await exists(host, '/sys/firmware/efi/vars')),
      'efi-secure-boot': await isSecureBoot(host),
    };
  },
});

function readParameters(line: string): [string, string | null][] {
  return words(line).map((word) => {
    const parts = word.split('=');
    return [parts[0] ?? '', parts.length === 2 ? (parts[1] ?? '').replace(/^"|"$/g, '') : null];
  });
}

// A command line of the kernel may hold quotes a shell would not accept.
function words(line: string): readonly string[] {
  try {
    return splitWords(line);
  } catch {
    return line.split(/\s+/).filter((word) => word !== '');
  }
}

async function isSecureBoot(host: Parameters<typeof exists>[0]): Promise<boolean> {
  const names = (await host.files.list('/sys/firmware/efi/efivars')) ?? [];
  const variable = names.find((name) => name.startsWith('SecureBoot-'));
  if (variable === undefined) return false;
  // The last byte is the value; four bytes of attributes come first.
  const content = await host.files.read(`/sys/firmware/efi/efivars/${variable}`);
  return content?.at(-1) === 1;
}
