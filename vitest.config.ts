import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests run on the TypeScript sources; only tests of the launchers need the build.
  resolve: { conditions: ['brine-source'] },
  ssr: { resolve: { conditions: ['brine-source'], externalConditions: ['brine-source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    server: { deps: { inline: [/@brine\//] } },
  },
});
