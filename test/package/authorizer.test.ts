/** What `plan-access-tokens/authorizer` loads: nothing that issues, changes, ends, lists or explains a token, bundled or not. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Modules that only calls of admins need. */
const OF_ADMINS = [
  ...['create-plan-tokens', 'issue', 'manage', 'end', 'commit', 'ids', 'cursor'].map(
    (name) => `src/service/${name}.ts`,
  ),
  ...['input', 'check-links', 'explain', 'question'].map((name) => `src/service/${name}.ts`),
  ...['reasons', 'scopes', 'text'].map((name) => `src/core/${name}.ts`),
  'nanoid',
]

/** What an entry point loads: sources by their path, packages by their name. */
async function loadedBy(entry: string): Promise<readonly string[]> {
  const built = await build({
    ...{ entryPoints: [entry], absWorkingDir: root, outdir: 'nowhere', write: false, metafile: true },
    ...{ bundle: true, format: 'esm', packages: 'external', treeShaking: false },
  })
  const { inputs } = built.metafile
  return [...Object.keys(inputs), ...Object.values(inputs).flatMap((input) => input.imports.map(({ path }) => path))]
}

it('an authorizer loads nothing that manages tokens', async () => {
  const loaded = await loadedBy('src/authorizer/index.ts')
  expect(loaded).toEqual(expect.arrayContaining(['src/service/authorize.ts', 'src/core/decide.ts']))
  expect(OF_ADMINS.filter((module) => loaded.includes(module))).toEqual([])
  // How the body of a Fetch request is read is handed to the service.
  const others = loaded.filter((module) => /^src\/(?!core|service|authorizer)/.test(module))
  expect(new Set(others)).toEqual(new Set(['src/http/fetch-body.ts']))
})

it('and the whole engine loads all of that, so that none of it has another name by now', async () => {
  const loaded = await loadedBy('src/index.ts')
  expect(OF_ADMINS.filter((module) => !loaded.includes(module))).toEqual([])
})
