// Minions for soak.mjs: real daemons with real journals, sockets and keys, whose jobs only leave a line in a file. They share a
// process, which the soak kills.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMinionBus, loadIdentity } from '@brine/bus';
import { encodeValue, parseMinionId, silentLogger, systemClock } from '@brine/common';
import { createJobJournal } from '../../packages/minion/dist/daemon/job-journal.js';
import { createMinionDaemon } from '../../packages/minion/dist/daemon/minion-daemon.js';
import { openRecordLog } from '../../packages/minion/dist/store/record-log-store.js';
import { createSequenceStore } from '../../packages/minion/dist/store/sequence-store.js';
import { createLightTransport } from '../bench/light-transport.mjs';

const { members, port, folder, effects } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const transport = createLightTransport();
setInterval(() => {}, 60_000);

/** Workers that note that a job ran, take their time and answer with its id. */
function launcherOf(id) {
  return {
    launch: (events) => ({
      pid: process.pid,
      send: (message) => {
        if (message.kind !== 'run') return;
        const { jid } = message.job;
        const finish = (value) =>
          events.onMessage({ kind: 'finished', outcome: { status: 'ok', value: encodeValue(value), retcode: 0 } });
        if (jid === '0') {
          events.onMessage({ kind: 'grains', grains: encodeValue(new Map([['id', id]])) });
          setImmediate(finish, []);
          return;
        }
        appendFileSync(effects, `${jid} ${id}\n`);
        setTimeout(finish, Math.random() * 200, `${jid} ${id}`);
      },
      kill: async () => {},
    }),
  };
}

for (const { id, secret } of members) {
  const own = join(folder, id);
  mkdirSync(own, { recursive: true });
  const daemon = await createMinionDaemon({
    createBus: (callbacks) =>
      createMinionBus({
        identity: loadIdentity('minion', secret),
        id: parseMinionId(id),
        transport,
        clock: systemClock,
        logger: silentLogger,
        random: Math.random,
        master: { host: '127.0.0.1', port },
        trust: { kind: 'first-use', pin: async () => {} },
        sequenceStore: createSequenceStore(join(own, 'sequence')),
        reconnect: { minimumMilliseconds: 200, maximumMilliseconds: 3000 },
        ...callbacks,
      }),
    journal: await createJobJournal({
      opened: await openRecordLog(join(own, 'journal')),
      clock: systemClock,
      logger: silentLogger,
    }),
    launcher: launcherOf(id),
    clock: systemClock,
    logger: silentLogger,
    random: Math.random,
    options: new Map([['id', id]]),
    version: '0',
    saltVersion: '3006',
    jobLimit: 32,
    drainMilliseconds: 1000,
  });
  await daemon.start();
}
process.send?.('started');
