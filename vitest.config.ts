import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongFirst } from './test/support/long-first.ts'
import { IN_CI } from './test/support/rounds.ts'

const src = fileURLToPath(new URL('./src/', import.meta.url))

const inFolders = (...folders: readonly string[]): string[] => folders.map((folder) => `test/${folder}/**/*.test.ts`)

/** Tests of rules and of the service, which need neither the page nor another program. */
const rules = inFolders('core', 'policy', 'figma', 'conformance', 'service', 'openapi', 'testing', 'legacy')

/**
 * Each file of these is a process of its own: what it loads changes the process for good, or is large and needed by no other. All
 * other files share what is loaded, which took more time than their tests; in CI the rules alone do.
 */
const alone = inFolders('docs', 'examples', 'platforms', 'processes', 'simulation')

/** Tests that load frameworks: some of these change the process for good, so that no other tests share it. */
const frameworks = inFolders('clients', 'http', 'mcp', 'nestjs', 'operations')

export default defineConfig({
  resolve: {
    // The package by its own name, as in tsconfig.json.
    alias: [
      { find: /^plan-access-tokens$/, replacement: `${src}index.ts` },
      { find: /^plan-access-tokens\/(express|fastify|hono|koa|elysia|node|fetch)$/, replacement: `${src}http/$1.ts` },
      { find: /^plan-access-tokens\/([\w/-]+)$/, replacement: `${src}$1/index.ts` },
    ],
  },
  // The decorators of NestJS, also in blocks of documents, which no tsconfig.json is asked about.
  oxc: { decorator: { legacy: true } },
  test: {
    projects: [
      { extends: true, test: { name: 'rules', include: rules, isolate: false } },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['test/**/*.test.ts'],
          exclude: [...rules, ...alone, ...frameworks, 'test/hub/**', 'test/cli/**'],
          isolate: IN_CI,
          globalSetup: './test/support/build-hub.ts',
          typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: './test/types/tsconfig.json' },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, globalSetup: './test/support/build-hub.ts' } },
      {
        extends: true,
        test: {
          name: 'frameworks',
          include: frameworks,
          isolate: IN_CI,
          globalSetup: './test/support/build-hub.ts',
        },
      },
      {
        extends: true,
        // The command line as it is built, once for all of them.
        test: { name: 'cli', include: ['test/cli/**/*.test.ts'], isolate: IN_CI, globalSetup: './test/cli/build.ts' },
      },
      {
        extends: true,
        test: {
          name: 'hub',
          include: ['test/hub/**/*.test.ts'],
          isolate: IN_CI,
          globalSetup: './test/support/build-hub.ts',
          // A real browser on a machine with other work: what passes only at its second try is shown as such.
          retry: 1,
        },
      },
    ],
    sequence: { sequencer: LongFirst },
    // What a page shows comes a moment later than it was asked for: tests of it look until it is there.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than there are cores, since a part of the tests waits: for a database, a process or a clock. Some are about processes
    // that compete: more than these at once would only wait for each other.
    maxWorkers: IN_CI ? 2 : Math.min(4, availableParallelism() + 1),
    // Each project would transform the sources for itself. In CI, coverage is counted over what was transformed in this very run.
    experimental: { fsModuleCache: !IN_CI },
    reporters: ['default', './test/support/count-reporter.ts'],
    coverage: {
      // It makes code several times as slow, so that `npm test` counts in CI alone; `npm run coverage` does anywhere.
      enabled: IN_CI && process.env.npm_lifecycle_event === 'test',
      provider: 'v8',
      include: ['src/**'],
      // The page runs in a browser (test/hub/), where this does not count.
      exclude: ['src/hub/page/**', 'src/hub/assets.gen.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: {
        'src/core/**': { branches: 98 },
        'src/service/**': { branches: 98 },
      },
    },
  },
})
