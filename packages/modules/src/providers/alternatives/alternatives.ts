import type { ReadHost } from '../../kit/index.ts';

/** A group of alternatives as `update-alternatives --query` tells it. */
export interface AlternativeGroup {
  readonly link: string;
  readonly value: string;
  readonly isManual: boolean;
  /** Path → priority. */
  readonly choices: ReadonlyMap<string, number>;
}

/** Reads a group of alternatives; `undefined` when there is none of that name. */
export async function readAlternatives(host: ReadHost, name: string): Promise<AlternativeGroup | undefined> {
  const { exitCode, stdout } = await host.inspect({
    command: ['update-alternatives', '--query', name],
    timeout: 30_000,
  });
  if (exitCode !== 0) return undefined;
  const rows = stdout
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
  const first = (key: string): string => rows.find(([one]) => one === key)?.[1] ?? '';
  const choices = new Map<string, number>();
  let current = '';
  for (const [key, value] of rows) {
    if (key === 'Alternative') current = value;
    if (key === 'Priority' && current !== '') choices.set(current, Number(value));
  }
  return { link: first('Link'), value: first('Value'), isManual: first('Status') === 'manual', choices };
}

/** A name that no group of alternatives can have; `undefined` when it is well. */
export function refuseAlternative(name: string): string | undefined {
  return /^\w[\w.+-]*$/.test(name) ? undefined : `The name ${name} cannot be that of alternatives`;
}
