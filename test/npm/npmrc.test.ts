/** The lines for `.npmrc` and `.yarnrc.yml`, and what they are never made of. That clients take them: clients.test.ts. */
import { SetupError } from 'plan-access-tokens'
import { type NpmrcOptions, npmrc } from 'plan-access-tokens/npm'
import { expect, it } from 'vitest'

const VARIABLE = '$' + '{NPM_TOKEN}'

it.each([
  ['https://npm.acme.example', 'https://npm.acme.example/', '//npm.acme.example/'],
  ['https://npm.acme.example/', 'https://npm.acme.example/', '//npm.acme.example/'],
  ['https://host.example/npm/private', 'https://host.example/npm/private/', '//host.example/npm/private/'],
  ['http://127.0.0.1:4873', 'http://127.0.0.1:4873/', '//127.0.0.1:4873/'],
])('for %s', (registry, url, key) => {
  expect(npmrc({ registry, scope: '@acme', secret: 'npm_abc' })).toEqual({
    project: `@acme:registry=${url}\n${key}:_authToken=${VARIABLE}\n`,
    user: `@acme:registry=${url}\n${key}:_authToken=npm_abc\n`,
    yarnrc: `npmScopes:\n  acme:\n    npmRegistryServer: "${url}"\n    npmAlwaysAuth: true\n    npmAuthToken: "$\{NPM_TOKEN:-}"\n`,
  })
})

it('reads the variable in the user file too where no secret is given', () => {
  const { project, user } = npmrc({ registry: 'https://npm.acme.example', scope: '@acme' })
  expect(user).toBe(project)
})

it('tells every mistake at once, and no line can be smuggled in', () => {
  const wrong = { registry: 'https://a.example\n//evil/', scope: '@acme\nx=y', secret: 'abc\n//evil/:_authToken=x' }
  const problemsOf = (options: object): readonly string[] => {
    try {
      npmrc(options as NpmrcOptions)
      return []
    } catch (error) {
      expect(error).toBeInstanceOf(SetupError)
      return (error as SetupError).issues.map(({ path }) => path)
    }
  }
  expect(problemsOf(wrong)).toEqual(['registry', 'scope', 'secret'])
  expect(problemsOf({})).toEqual(['registry', 'scope'])
  for (const registry of ['npm.acme.example', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example/?x', 7])
    expect(problemsOf({ registry, scope: '@acme' }), String(registry)).toEqual(['registry'])
  for (const scope of ['acme', '@', '@Acme', '@acme/x', '@a cme'])
    expect(problemsOf({ registry: 'https://a.example', scope }), scope).toEqual(['scope'])
  expect(problemsOf({ registry: 'https://a.example', scope: '@acme', token: 'x' })).toEqual(['token'])
})
