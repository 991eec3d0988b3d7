import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Vitest would leave one processor to the terminal; on two processors that means one file at a time. */
const allProcessors = '100%';

/** Tests that manage this machine for real: they share its packages, accounts and services, so they run alone. */
const onTheMachine = ['test/system/**/*.test.ts', 'test/services/**/*.test.ts', 'test/packages/**/*.test.ts'];

function project(name: string, settings: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration {
  return {
    // Tests run on the TypeScript sources; only tests of the launchers need the build.
    resolve: { conditions: ['brine-source'] },
    ssr: { resolve: { conditions: ['brine-source'], externalConditions: ['brine-source'] } },
    test: {
      name,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 20_000 } },
      server: { deps: { inline: [/@brine\//] } },
      ...settings,
    },
  };
}

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    projects: [
      project('packages', { include: ['packages/*/src/**/*.test.ts'], maxWorkers: allProcessors, isolate: false }),
      project('processes', {
        include: ['test/**/*.test.ts'],
        exclude: onTheMachine,
        maxWorkers: allProcessors,
        sequence: { groupOrder: 1 },
      }),
      project('machine', { include: onTheMachine, maxWorkers: 1, sequence: { groupOrder: 2 } }),
    ],
  },
});
