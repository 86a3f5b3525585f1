import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongFirst } from './test/support/long-first.ts'
import { IN_CI } from './test/support/rounds.ts'

const src = fileURLToPath(new URL('./src/', import.meta.url))

/**
 * Tests of rules and of the service, whose modules are loaded once for all of them: loading took half of their time. What changes
 * something of its process for good, as some frameworks do, stays out of these folders.
 */
const shared = ['core', 'policy', 'figma', 'conformance', 'service', 'openapi', 'testing', 'legacy'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

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
      { extends: true, test: { name: 'rules', include: shared, isolate: false } },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['test/**/*.test.ts'],
          exclude: [...shared, 'test/hub/**', 'test/cli/**'],
          globalSetup: './test/support/build-hub.ts',
          typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: './test/types/tsconfig.json' },
        },
      },
      {
        extends: true,
        // The command line as it is built, once for all of them.
        test: { name: 'cli', include: ['test/cli/**/*.test.ts'], globalSetup: './test/cli/build.ts' },
      },
      {
        extends: true,
        // A real browser on a machine with other work: what passes only at its second try is shown as such.
        test: { name: 'hub', include: ['test/hub/**/*.test.ts'], globalSetup: './test/support/build-hub.ts', retry: 1 },
      },
    ],
    sequence: { sequencer: LongFirst },
    // What a page shows comes a moment later than it was asked for: tests of it look until it is there.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
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
