import { isDict, loadYaml, type Dict, type Value } from '@brine/common';
import { createFakeHost, createStateContext, type FakeProgram } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { bindStateArguments, type CommandRequest, type Host, type StateDeclaration } from '../kit/index.ts';
import { stateTable } from './table.ts';

// What follows an option that takes it, or stands behind the last place where a program looks for options.
const harmless: Readonly<Record<string, string>> = {
  'cron.file user': 'crontab takes it for the value of -u',
  'gem.installed version': 'gem takes it for the value of --version',
  'iptables.delete protocol': 'iptables takes it for the value of -p',
  'iptables.delete jump': 'iptables takes it for the value of --jump',
  'iptables.insert jump': 'iptables takes it for the value of --jump',
  'iptables.insert protocol': 'iptables takes it for the value of -p',
  'mount.mounted fstype': 'mount takes it for the value of -t',
  'redis.slaveof name': 'redis-cli looks for options before its command only',
  'redis.slaveof sentinel_host': 'redis-cli takes it for the value of -h',
  'redis.string name': 'redis-cli looks for options before its command only',
  'supervisord.running name': 'supervisorctl looks for options before its command only',
};

/** The first example of a state as its low chunk. */
function chunkOf(declaration: StateDeclaration): Dict | undefined {
  const { value } = loadYaml(declaration.examples[0] ?? '');
  if (!isDict(value)) return undefined;
  for (const [id, body] of value) {
    const rows = isDict(body) ? body.get(declaration.name) : undefined;
    if (!Array.isArray(rows)) continue;
    return new Map<Value, Value>([['name', id], ...rows.filter(isDict).flatMap((row) => [...row])]);
  }
  return undefined;
}

const anyProgram = new Proxy<Record<string, FakeProgram>>({}, { get: () => () => '' });

/** The commands that a state starts, by its check and what that foretells. */
async function commandsOf(declaration: StateDeclaration, chunk: Dict): Promise<readonly (readonly string[])[]> {
  const started: (readonly string[])[] = [];
  const fake = createFakeHost({ programs: anyProgram });
  const note = ({ command }: CommandRequest): void => {
    if (!('line' in command)) started.push(command);
  };
  const host: Host = {
    ...fake,
    inspect: (request) => (note(request), fake.inspect(request)),
    run: (request) => (note(request), fake.run(request)),
  };
  try {
    const { args, unknown } = bindStateArguments(declaration, chunk);
    const context = { ...(await createStateContext(fake, declaration.name)), host, unknownArguments: unknown };
    const outcome = await declaration.check(args, context);
    if (outcome.kind === 'change') await outcome.apply(host);
  } catch {
    // Refused, or not to be done on a machine without anything; what was started counts.
  }
  return started;
}

// These hand over what users write for a shell, or call functions by name.
const names = Object.keys(stateTable).filter((name) => !/^(cmd|module|test|salt|loop)\./.test(name));

describe.each(['--evil', '-e=x', 'evil\n--next'])('a value such as %j', (evil) => {
  it.each(names)('of %s never becomes an option of a program', async (name) => {
    const declaration = await stateTable[name]?.();
    const chunk = declaration === undefined ? undefined : chunkOf(declaration);
    if (declaration === undefined || chunk === undefined) throw new Error(`${name} has no example`);
    expect.hasAssertions();
    const texts = [...chunk]
      .filter(([, value]) => typeof value === 'string')
      .flatMap(([key]) => (typeof key === 'string' ? [key] : []));
    for (const key of texts) {
      const commands = await commandsOf(declaration, new Map<Value, Value>([...chunk, [key, evil]]));
      const taken = commands.filter((command) => {
        const at = command.findIndex((word, index) => index > 0 && word === evil);
        return at > 0 && evil.startsWith('-') && !command.slice(0, at).includes('--');
      });
      expect(harmless[`${name} ${key}`] === undefined ? taken : [], `${name}: ${key}`).toEqual([]);
    }
  });
});
