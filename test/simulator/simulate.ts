import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeValue, type Jid } from '@brine/common';
import { checkHistory, type JobOnMinion } from '@brine/testkit';
import { createChance, type Chance } from './chance.ts';
import { createSimulatedMaster, simulatedPorts, type SimulatedMaster } from './simulated-master.ts';
import { createSimulatedMinion, type MinionSurroundings, type SimulatedMinion } from './simulated-minion.ts';
import { createSimulatedNetwork, type SimulatedNetwork } from './simulated-network.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** What a simulation came to. */
export interface Outcome {
  readonly seed: number;
  readonly jobs: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** What happened, for whoever looks into a failing seed. */
  readonly story: readonly string[];
  /** Broken promises; empty when all hold. */
  readonly violations: readonly string[];
}

interface World {
  readonly chance: Chance;
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly master: SimulatedMaster;
  readonly minions: readonly SimulatedMinion[];
  readonly accepted: { readonly jid: Jid; readonly minions: readonly string[]; readonly deadline: number }[];
  /** By how much deadlines may be missed, because clocks were set back when nobody could notice. */
  readonly slack: Map<string, number>;
  readonly story: string[];
}

/** Disks are simulated too: what a real one takes to write is not waited for. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const names = ['m1', 'm2', 'm3'];
const steps = 40;
const deliverWithin = 10_000;
const largestJump = 3_600_000;
/** What a message may take on its way, and the master's time with it. */
const onTheWay = 5000;

/** Runs a fleet through chance's faults, heals everything, waits, and checks what became of every job. */
export async function simulate(seed: number, hasMemory = true): Promise<Outcome> {
  const folder = mkdtempSync(join(memory, 'brine-sim-'));
  try {
    return await simulateIn(folder, seed, hasMemory);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function simulateIn(folder: string, seed: number, hasMemory: boolean): Promise<Outcome> {
  const executions: (JobOnMinion & { readonly at: number })[] = [];
  const passed = { milliseconds: (): number => 0 };
  const onExecution = (jid: string, minion: string): void =>
    void executions.push({ jid, minion, at: passed.milliseconds() });
  const world = await createWorld(folder, createChance(seed), { hasMemory, onExecution });
  const { time, chance, story } = world;
  passed.milliseconds = () => time.elapsed;
  for (let step = 0; step < steps; step += 1) {
    await time.pass(chance.below(2500));
    const [name, act] = chance.pick(acts);
    story.push(`${time.elapsed} ${name}`);
    await act(world);
  }
  await heal(world);
  await time.pass(deliverWithin + 2 * largestJump + 60_000);
  const waiting = world.minions.flatMap((minion) =>
    minion.unacknowledged().map(({ jid }) => `I12 ${jid} ${minion.id}: waits`),
  );
  for (const minion of world.minions) minion.kill();
  world.master.kill();
  await time.pass(1);
  const deliveries = await readDeliveries(world.master);
  const statuses: Record<string, number> = {};
  for (const { status } of deliveries) statuses[status] = (statuses[status] ?? 0) + 1;
  const valueOf = (jid: string, minion: string): string => `${jid} ${minion}`;
  const broken = checkHistory({ accepted: world.accepted, executions, deliveries, valueOf });
  const late = executions.flatMap((execution) => lateness(world, execution));
  return { seed, jobs: world.accepted.length, statuses, story, violations: [...broken, ...waiting, ...late] };
}

/** No clock that is set lets a job begin after its time, unless nobody was there to notice. */
function lateness(
  { accepted, slack }: World,
  { jid, minion, at }: JobOnMinion & { readonly at: number },
): readonly string[] {
  const deadline = accepted.find((job) => job.jid === jid)?.deadline;
  const allowed = (slack.get('master') ?? 0) + (slack.get(minion) ?? 0) + onTheWay;
  return deadline === undefined || at <= deadline + allowed ? [] : [`I10 ${jid} ${minion}: ${at - deadline} ms late`];
}

async function createWorld(
  folder: string,
  chance: Chance,
  ways: Pick<MinionSurroundings, 'hasMemory' | 'onExecution'>,
): Promise<World> {
  const time = createVirtualTime();
  const network = createSimulatedNetwork(time, chance);
  const { transport } = network;
  const surroundings = { time, chance, transport, masterPort: simulatedPorts.ret, ...ways };
  const minions = names.map((name) => createSimulatedMinion(name, surroundings));
  const ids = minions.map(({ id }) => id);
  const master = createSimulatedMaster({ time, transport, folder, minions: ids, random: () => chance.next() });
  await master.start();
  for (const minion of minions) void minion.start();
  await time.pass(2000);
  return { chance, time, network, master, minions, accepted: [], story: [], slack: new Map() };
}

type Act = readonly [name: string, act: (world: World) => Promise<void> | void];

const submit: Act = [
  'submit',
  ({ master, minions, chance, accepted, time }) => {
    if (!master.isRunning) return;
    const deadline = time.elapsed + deliverWithin;
    const targets = minions.map(({ id }) => id).filter(() => chance.happens(0.7));
    if (targets.length === 0) return;
    master.submit(targets, deliverWithin).then(
      (jid) => accepted.push({ jid, minions: targets, deadline }),
      () => {},
    );
  },
];

/** What may happen, as often as it stands here. */
const acts: readonly Act[] = [
  ...[submit, submit, submit, submit, submit, submit, submit, submit],
  [
    'master killed or started',
    async ({ master }) => {
      if (master.isRunning) master.kill();
      else await master.start();
    },
  ],
  [
    'minion killed or started',
    ({ minions, chance, slack }) => {
      const minion = chance.pick(minions);
      if (!minion.isRunning) return void minion.start();
      allow(slack, minion.id, slack.get(unsettled(minion.id)) ?? 0);
      slack.delete(unsettled(minion.id));
      return minion.kill();
    },
  ],
  [
    'master started',
    async ({ master }) => {
      if (!master.isRunning) await master.start();
    },
  ],
  [
    'minions started',
    ({ minions }) => {
      for (const minion of minions) if (!minion.isRunning) void minion.start();
    },
  ],
  ['connections cut', ({ network }) => network.transport.cut()],
  ['network parted or healed', ({ network }) => void (network.isPartitioned = !network.isPartitioned)],
  ['network healed', ({ network }) => void (network.isPartitioned = false)],
  ['network bad or good', ({ network }) => void (network.badness = network.badness > 0 ? 0 : 0.2)],
  ['disk of a minion full', ({ minions, chance }) => chance.pick(minions).setDiskFull(true)],
  ['disks free', ({ minions }) => minions.forEach((minion) => minion.setDiskFull(false))],
  [
    'clock of the master jumps',
    ({ master, chance, slack }) => {
      const skew = Math.round((chance.next() - 0.5) * 2 * largestJump);
      if (!master.isRunning) allow(slack, 'master', master.skew - skew);
      master.setSkew(skew);
    },
  ],
  [
    'clock of a minion jumps',
    ({ minions, chance, slack }) => {
      const minion = chance.pick(minions);
      const skew = Math.round((chance.next() - 0.5) * 2 * largestJump);
      // What passed of a job's time is forgotten by a process that ends.
      allow(slack, minion.isRunning ? unsettled(minion.id) : minion.id, minion.skew - skew);
      minion.setSkew(skew);
    },
  ],
];

const unsettled = (minion: string): string => `${minion} so far`;

function allow(slack: Map<string, number>, name: string, setBack: number): void {
  if (setBack > 0) slack.set(name, (slack.get(name) ?? 0) + setBack);
}

async function heal({ network, master, minions, story, time }: World): Promise<void> {
  story.push(`${time.elapsed} everything heals`);
  network.isPartitioned = false;
  network.badness = 0;
  if (!master.isRunning) await master.start();
  for (const minion of minions) {
    minion.setDiskFull(false);
    if (!minion.isRunning) void minion.start();
  }
}

async function readDeliveries(
  master: SimulatedMaster,
): Promise<readonly (JobOnMinion & { status: string; value?: unknown })[]> {
  return master.readStore(async (store) => {
    const jobs = await store.listJobs({ limit: 10_000 });
    const all = await Promise.all(jobs.map(async ({ jid }) => store.deliveries(jid)));
    return all.flat().map(({ jid, minion, status, value }) => ({
      ...{ jid, minion, status },
      ...(value === undefined || status !== 'ok' ? {} : { value: decodeValue(value) }),
    }));
  });
}
