import { describe, expect, it } from 'vitest';
import { importsOf, readSourceFiles } from './source-files.ts';

const files = readSourceFiles().filter(({ isTest }) => !isTest);

/** Lines of files, without comments, on which a pattern is found. */
function linesWith(pattern: RegExp, isExempt: (path: string) => boolean): readonly string[] {
  return files
    .filter(({ path }) => !isExempt(path))
    .flatMap(({ path, text }) =>
      text
        .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
        .split('\n')
        .map((line, index) => ({ line: line.replace(/(^|\s)\/\/.*$/, ''), place: `${path}:${index + 1}` }))
        .filter(({ line }) => pattern.test(line))
        .map(({ line, place }) => `${place}: ${line.trim()}`),
    );
}

const touchesTheMachine = (path: string): boolean => path.startsWith('packages/modules/src/host/local/');
const isStore = (path: string): boolean => path.endsWith('-store.ts');
const isForTests = (path: string): boolean => path.startsWith('packages/testkit/');

describe('the rules of the house', () => {
  it('start other programs only where the machine is touched, and where daemons start their own workers', () => {
    const starters = new Set([
      'packages/daemon/src/become-user.ts',
      'packages/daemon/src/detach.ts',
      'packages/master/src/access/methods/run-quietly.ts',
      'packages/master/src/orchestration/orchestration-worker-child.ts',
      'packages/master/src/pillar/worker-pool.ts',
      'packages/minion/src/daemon/worker-process-store.ts',
      'packages/returners/src/kinds/syslog.ts',
      'packages/returners/src/outbox/delivery-process.ts',
    ]);
    const others = files
      .filter(({ path, text }) => !touchesTheMachine(path) && importsOf(text).includes('node:child_process'))
      .map(({ path }) => path)
      .filter((path) => !starters.has(path));
    expect(others).toEqual([]);
  });

  it('write files only where the machine is touched and in stores', () => {
    const writers =
      /\b(?:writeFile|appendFile|createWriteStream|mkdir|mkdtemp|rmdir|unlink|rename|symlink|chmod|chown|copyFile|truncate)(?:Sync)?\(/;
    const importsFs = new Set(
      files
        .filter(({ text }) => importsOf(text).some((name) => /^node:fs(?:\/promises)?$/.test(name)))
        .map(({ path }) => path),
    );
    const isExempt = (path: string): boolean =>
      !importsFs.has(path) ||
      isForTests(path) ||
      touchesTheMachine(path) ||
      isStore(path) ||
      path === 'packages/api/src/listen-on-socket.ts';
    expect(linesWith(writers, isExempt)).toEqual([]);
  });

  it('never hand a line to a shell outside the local host', () => {
    expect(linesWith(/\bshell:\s*true\b/, () => false)).toEqual([]);
  });

  it('never evaluate text as code', () => {
    expect(linesWith(/\beval\(|\bnew Function\(|\bvm\.run/, () => false)).toEqual([]);
  });

  it('log static messages, with what varies beside them', () => {
    expect(
      linesWith(/\b(?:log|logger)\.(?:error|warn|info|debug|trace)\((?:`[^`]*\$\{|[a-z]+ \+)/, () => false),
    ).toEqual([]);
  });

  it('have no default exports, enums or namespaces', () => {
    expect(linesWith(/^export default\b|^(?:export )?(?:const )?enum\b|^(?:export )?namespace\b/, () => false)).toEqual(
      [],
    );
  });

  it('name files in kebab-case and never after a heap', () => {
    const bad = files
      .map(({ path }) => path)
      .filter((path) => {
        const name = path.split('/').at(-1) ?? '';
        return (
          !/^[a-z0-9]+(?:[.-][a-z0-9_]+)*\.ts$/.test(name) || /^(?:utils?|helpers?|misc|types|common)\.ts$/.test(name)
        );
      });
    expect(bad).toEqual([]);
  });
});
