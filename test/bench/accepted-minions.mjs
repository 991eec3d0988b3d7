// A master's folder in which many minions are accepted already, for what simulates them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePublicKey, encodeSecretKey, generateIdentity } from '@brine/bus';
import { freePort } from '../demo/fleet.mjs';

/** Lays the configuration and the keys; answers where minions connect and who they are. */
export async function createAcceptedMinions(folder, { count, digits, logLevel }) {
  const port = await freePort();
  const config = {
    interface: '127.0.0.1',
    publish_port: await freePort(),
    ret_port: port,
    log_level: logLevel,
    root_dir: folder,
  };
  mkdirSync(join(folder, 'etc'), { recursive: true });
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(folder, 'etc/master'), lines.join(''));
  const accepted = join(folder, 'etc/salt/pki/master/minions');
  mkdirSync(accepted, { recursive: true, mode: 0o700 });
  const members = Array.from({ length: count }, (_, index) => {
    const id = `m${String(index).padStart(digits, '0')}`;
    const { identity, secret } = generateIdentity('minion');
    writeFileSync(join(accepted, id), encodePublicKey('minion', identity.publicKey), { mode: 0o600 });
    return { id, secret: encodeSecretKey('minion', secret) };
  });
  return { port, members };
}
