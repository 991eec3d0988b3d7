// A tour of Brine on this machine: one master, three minions, the sample tree. Everything happens in a scratch folder.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFleet, endFleet, run, startDaemon, until } from './fleet.mjs';
import { addSecret, endAgent } from './secret.mjs';

const ids = ['web1', 'web2', 'db1'];
const password = 'correct-horse-battery-staple';
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001B[1m${text}\u001B[0m` : text);
const say = (text) => process.stdout.write(`\n${bold(`== ${text}`)}\n`);

function fail(message) {
  throw new Error(message);
}

/** Shows a command and what it prints; fails the tour when it ends otherwise than expected. */
function show(fleet, program, args, { expect = 0, config = 'master' } = {}) {
  process.stdout.write(
    `${bold(`$ ${[program, ...args.map((arg) => (/^[\w./=:-]+$/.test(arg) ? arg : `'${arg}'`))].join(' ')}`)}\n`,
  );
  const { status, stdout, stderr } = run(program, ['-c', fleet.configOf(config), ...args]);
  process.stdout.write(stdout + stderr);
  if (status !== expect) fail(`'${program} ${args.join(' ')}' ended with ${status}, expected ${expect}`);
  return stdout;
}

const json = (fleet, program, args) => {
  const { stdout } = run(program, ['-c', fleet.configOf('master'), ...args, '--out', 'json']);
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
};

/** Every state of every minion of `salt '*' state.apply --static --out json`. */
const statesOf = (answer) => Object.values(answer).flatMap((states) => Object.values(states));
const changedStates = (answer) => statesOf(answer).filter(({ changes }) => Object.keys(changes).length > 0);

async function tour(fleet) {
  say(`A master and three minions start in ${fleet.folder}`);
  const hasSecret = addSecret(fleet, password);
  startDaemon(fleet, 'salt-master', 'master');
  await until('the master', () => run('salt-run', ['-c', fleet.configOf('master'), 'manage.up']).status === 0);
  for (const id of ids) startDaemon(fleet, 'salt-minion', id);
  await until('three waiting keys', () => (json(fleet, 'salt-key', ['-L']).minions_pre ?? []).length === ids.length);

  say('Nobody is let in before you accept their key; compare fingerprints on both sides');
  show(fleet, 'salt-key', ['-L']);
  show(fleet, 'salt-key', ['-f', 'web1']);
  show(fleet, 'salt-call', ['--local', 'key.finger'], { config: 'web1' });
  show(fleet, 'salt-key', ['-A', '-y']);
  await until('three connected minions', () => json(fleet, 'salt-run', ['manage.up']).length === ids.length);

  say('Are they there?');
  show(fleet, 'salt', ['*', 'test.ping']);

  say('What would the sample tree change? A dry run answers with diffs and touches nothing');
  show(fleet, 'salt', ['web1', 'state.apply', 'test=True']);
  if (ids.some((id) => existsSync(join(fleet.folder, id, 'machine')))) fail('the dry run changed something');

  say('Apply it');
  show(fleet, 'salt', ['*', 'state.apply', '--state-output=terse']);

  say('Apply it again: nothing is left to do');
  const second = json(fleet, 'salt', ['--static', '*', 'state.apply']);
  if (changedStates(second).length > 0) fail('the second run changed something');
  process.stdout.write(`${statesOf(second).length} states on ${ids.length} minions: all as described, 0 changed\n`);

  say('Somebody edits a managed file by hand on web2; the next run shows the difference and repairs it');
  const page = join(fleet.folder, 'web2/machine/etc/motd');
  appendFileSync(page, 'temporary change, will remove later\n');
  show(fleet, 'salt', ['web2', 'state.apply', 'base', 'test=True']);
  if (!readFileSync(page, 'utf8').includes('temporary')) fail('the dry run changed something');
  show(fleet, 'salt', ['web2', 'state.apply', 'base', '--state-output=terse']);
  if (readFileSync(page, 'utf8').includes('temporary')) fail('the drift was not repaired');

  say('An encrypted pillar value reaches only the minion it is meant for');
  if (hasSecret) showSecret(fleet);
  else
    process.stdout.write(
      "There is no gpg on this machine, so this part is left out; 'apt-get install gnupg' brings it.\n",
    );

  say('What has been run so far');
  show(fleet, 'salt-run', ['jobs.list_jobs']);
}

function showSecret(fleet) {
  process.stdout.write(
    `In the tree:  ${readFileSync(join(fleet.folder, 'pillar/database.sls'), 'utf8').includes(password) ? 'the password' : 'only ciphertext'}\n`,
  );
  const file = readFileSync(join(fleet.folder, 'db1/machine/etc/app/database.conf'), 'utf8');
  process.stdout.write(
    `On db1:       /etc/app/database.conf ${file.includes(password) ? 'holds the password' : 'lacks the password'}\n`,
  );
  if (!file.includes(password)) fail('db1 did not get its secret');
  const others = run('salt', ['-c', fleet.configOf('master'), 'web*', 'pillar.get', 'app']).stdout;
  process.stdout.write(
    `On web1, web2: ${others.includes(password) ? 'the password!' : 'their pillar does not have it'}\n`,
  );
  if (others.includes(password)) fail('a web server got the secret of the database');
}

const started = Date.now();
const fleet = await createFleet(ids);
let failure;
try {
  await tour(fleet);
} catch (error) {
  failure = error;
} finally {
  say('Everything is stopped and removed again');
  endAgent(fleet);
  await endFleet(fleet);
}
if (failure !== undefined) {
  process.stderr.write(`\nThe demo failed: ${failure.message}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(
    `\nThat was the tour: ${Math.round((Date.now() - started) / 1000)} seconds. Next: docs/quick-start.md\n`,
  );
}
