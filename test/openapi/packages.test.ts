/** What is said where a package that only this entry point needs is not installed: in a process that cannot find it. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { documentOf } from './support.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Prints the message of `policyFromOpenApi` for a document, in a process that has not the package. */
function messageWithout(name: string, document: unknown): string {
  const hooks = `export async function resolve(specifier, context, next) {
    if (specifier !== ${JSON.stringify(name)}) return next(specifier, context)
    throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  }`
  const main = `
    import { register } from 'node:module'
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)})
    const { policyFromOpenApi } = await import('./src/openapi/index.ts')
    await policyFromOpenApi(${JSON.stringify(document)}, {}).catch((error) => console.log(error.message))
  `
  return execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', main], {
    cwd: root,
    encoding: 'utf8',
  })
}

test.each([
  ['yaml', 'openapi: 3.1.0'],
  ['@seriousme/openapi-schema-validator', documentOf({ '/a': { get: {} } })],
])('%s is asked for by its name', (name, document) => {
  expect(messageWithout(name, document)).toContain(
    `  document: cannot be read without the package "${name}". Run: npm install ${name}\n`,
  )
})
