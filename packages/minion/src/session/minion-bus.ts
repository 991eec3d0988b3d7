import path from 'node:path';
import { createMinionBus, createZeromqTransport, type MinionBus, type MinionBusOptions } from '@brine/bus';
import { isDict, pythonStr, systemClock, type Dict, type Logger } from '@brine/common';
import { openIdentity } from '@brine/daemon';
import type { MinionOptions } from '../call/minion-options.ts';
import { minionError } from '../errors.ts';
import { loadMasterTrust } from '../store/master-trust-store.ts';
import { createSequenceStore } from '../store/sequence-store.ts';

/** The bus of a minion, with its keys, its trust and its master out of the configuration. */
export async function createBusOf(
  { id, options }: MinionOptions,
  logger: Logger,
  callbacks: Pick<MinionBusOptions, 'onPublication' | 'onRequest' | 'onState'>,
): Promise<MinionBus> {
  const pki = pythonStr(options.get('pki_dir') ?? '');
  return createMinionBus({
    identity: await openIdentity(pki, 'minion'),
    id,
    transport: createZeromqTransport(),
    clock: systemClock,
    logger,
    random: Math.random,
    master: masterAddress(options),
    trust: await loadMasterTrust(pki, pythonStr(options.get('master_finger') ?? '')),
    sequenceStore: createSequenceStore(path.join(pythonStr(options.get('cachedir') ?? ''), 'publication-sequence')),
    ...callbacks,
  });
}

function masterAddress(options: Dict): MinionBusOptions['master'] {
  const configured = options.get('master') ?? null;
  if (configured === null || configured === '' || isDict(configured)) {
    throw minionError('master-unconfigured', "the configuration names no master: set 'master' to its address");
  }
  if (Array.isArray(configured)) {
    if (configured.length === 1) return masterAddress(new Map([...options, ['master', configured[0] ?? null]]));
    throw minionError('master-unconfigured', 'several masters are not supported yet: set one under `master`');
  }
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(pythonStr(configured)) ?? [];
  if (host === '') throw minionError('master-unconfigured', `'${pythonStr(configured)}' is no address of a master`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? options.get('master_port') ?? 4506) };
}
