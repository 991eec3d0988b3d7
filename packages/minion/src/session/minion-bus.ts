import path from 'node:path';
import { createMinionBus, createZeromqTransport, type MinionBus, type MinionBusOptions } from '@brine/bus';
import { pythonStr, systemClock, type Dict, type Logger } from '@brine/common';
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
  const configured = [options.get('master') ?? ''].flat().map(pythonStr);
  const [address = ''] = configured;
  if (configured.length > 1) {
    throw minionError('master-unconfigured', 'several masters are not supported yet: name one under `master`');
  }
  if (address === '') throw minionError('master-unconfigured', 'the configuration names no master: set `master`');
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw minionError('master-unconfigured', `'${address}' is not the address of a master`);
  return { host, port: Number(port ?? options.get('master_port') ?? 4506) };
}
