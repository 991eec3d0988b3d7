import type { MasterAddress } from '@brine/bus';
import { pythonStr, type Dict } from '@brine/common';
import { minionError } from '../errors.ts';

/** The masters that a configuration names: `host`, `host:port`, `[address]:port`. Throws `master-unconfigured`. */
export function readMasters(options: Dict): readonly [MasterAddress, ...MasterAddress[]] {
  const configured = [options.get('master') ?? ''].flat().map(pythonStr);
  const [first, ...rest] = configured.filter((text) => text !== '').map((text) => readMaster(text, options));
  if (first === undefined) {
    throw minionError('master-unconfigured', 'the configuration names no master: set `master`');
  }
  return [first, ...rest];
}

function readMaster(text: string, options: Dict): MasterAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw minionError('master-unconfigured', `'${text}' is not the address of a master`);
  return { host, port: Number(port ?? options.get('master_port') ?? 4506) };
}
