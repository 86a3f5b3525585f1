import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'figma/index': 'src/figma/index.ts',
    'stores/sql/index': 'src/stores/sql/index.ts',
    'stores/redis/index': 'src/stores/redis/index.ts',
    'http/express': 'src/http/express.ts',
    'http/fastify': 'src/http/fastify.ts',
    'http/hono': 'src/http/hono.ts',
    'http/koa': 'src/http/koa.ts',
    'http/node': 'src/http/node.ts',
    'http/fetch': 'src/http/fetch.ts',
    'admin/index': 'src/admin/index.ts',
    'npm/index': 'src/npm/index.ts',
    'verdaccio/index': 'src/verdaccio/index.ts',
    'hub/index': 'src/hub/index.ts',
    'testing/index': 'src/testing/index.ts',
  },
  format: ['esm'],
  target: 'es2023',
  platform: 'neutral',
  splitting: true,
  clean: true,
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
})
