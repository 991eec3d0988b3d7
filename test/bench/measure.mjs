// How the benchmarks of programs measure: each round runs every command once, so that they share the machine's moods.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Runs a command to its end and answers the milliseconds it took; throws when it fails. */
function time({ file, args, env }) {
  const begin = performance.now();
  const { status, stderr, error } = spawnSync(file, args, { env: { ...process.env, ...env }, encoding: 'utf8' });
  const milliseconds = performance.now() - begin;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return milliseconds;
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Measures `{ name, file, args, env? }` commands in rounds; the first is the floor that the others are held against. */
export function measure(commands, rounds) {
  const times = new Map(commands.map(({ name }) => [name, []]));
  // One round to fill the file cache.
  for (const command of commands) time(command);
  for (let round = 0; round < rounds; round += 1) {
    for (const command of commands) times.get(command.name).push(time(command));
  }
  const rows = [...times].map(([name, all]) => ({ name, median: median(all), least: Math.min(...all) }));
  return rows.map((row) => ({ ...row, ratio: row.median / rows[0].median }));
}

export function print(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  process.stdout.write(`${''.padEnd(width)}   median    least   × floor\n`);
  for (const { name, median: middle, least, ratio } of rows) {
    const columns = [`${middle.toFixed(0)} ms`.padStart(9), `${least.toFixed(0)} ms`.padStart(9)];
    process.stdout.write(`${name.padEnd(width)}${columns.join('')}${ratio.toFixed(1).padStart(10)}\n`);
  }
}

/** The processor time that a process has used. */
export function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
