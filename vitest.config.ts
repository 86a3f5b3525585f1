import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = fileURLToPath(new URL('./src/', import.meta.url))

export default defineConfig({
  resolve: {
    // The package by its own name, as in tsconfig.json.
    alias: [
      { find: /^plan-access-tokens$/, replacement: `${src}index.ts` },
      { find: /^plan-access-tokens\/(express|fastify|hono|koa|node|fetch)$/, replacement: `${src}http/$1.ts` },
      { find: /^plan-access-tokens\/([\w/]+)$/, replacement: `${src}$1/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: './test/support/build-hub.ts',
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: './test/types/tsconfig.json' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/support/count-reporter.ts'],
    coverage: {
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
