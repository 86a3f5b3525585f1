/** The lines that make npm, pnpm and yarn use a token. */
import * as z from 'zod/mini'
import { readOptions } from '../core/setup.ts'
import { judged, matching } from '../core/shape.ts'

/** What a client has to know. */
export interface NpmrcOptions {
  /** The registry's URL: `'https://npm.acme.example'`. */
  readonly registry: string
  /** The npm scope whose packages come from there: `'@acme'`. */
  readonly scope: string
  /** The secret; without it, the lines read it out of `NPM_TOKEN`. */
  readonly secret?: string
}

/** Lines for files, each with a line end. */
export interface Npmrc {
  /** `.npmrc` beside a project's package.json, for npm, pnpm and yarn 1. Holds no secret and can be committed; `NPM_TOKEN` gives it. */
  readonly project: string
  /** `.npmrc` of a person, `~/.npmrc`. Holds the secret if there is one. Never commit it. */
  readonly user: string
  /** `.yarnrc.yml` beside a project's package.json, for yarn 2 and later. Holds no secret; `NPM_TOKEN` gives it. */
  readonly yarnrc: string
}

/**
 * The exact lines for `.npmrc` and `.yarnrc.yml`.
 *
 * @throws SetupError for an address, scope or secret that is none, with every mistake at once. Never holds the secret.
 * @example
 * npmrc({ registry: 'https://npm.acme.example', scope: '@acme' }).project
 * // @acme:registry=https://npm.acme.example/
 * // //npm.acme.example/:_authToken=${NPM_TOKEN}
 */
export function npmrc(options: NpmrcOptions): Npmrc {
  const { registry, scope, secret } = readOptions<NpmrcOptions>('npmrc', schema, options)
  const address = new URL(registry)
  const url = `${address.origin}${address.pathname.replace(/\/?$/, '/')}`
  const lines = (value: string): string =>
    `${scope}:registry=${url}\n${url.slice(address.protocol.length)}:_authToken=${value}\n`
  const variable = `\${NPM_TOKEN}`
  return {
    project: lines(variable),
    user: lines(secret ?? variable),
    // With a default: yarn ends every command, whatever it is about, where a variable of its configuration is not set.
    yarnrc: `npmScopes:\n  ${scope.slice(1)}:\n    npmRegistryServer: "${url}"\n    npmAlwaysAuth: true\n    npmAuthToken: "\${NPM_TOKEN:-}"\n`,
  }
}

const schema = z.strictObject({
  registry: judged((value) =>
    typeof value === 'string' && isAddress(value)
      ? undefined
      : 'must be the URL of a registry, such as "https://npm.acme.example".',
  ),
  scope: matching(/^@[a-z0-9][a-z0-9._-]*$/, 'must be an npm scope in lower case, such as "@acme".'),
  secret: z.optional(matching(/^[A-Za-z0-9_]+$/, 'must be the secret of a token, as it was shown.')),
})

function isAddress(text: string): boolean {
  if (!URL.canParse(text) || /[\s"\\]/.test(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username + password + search + hash === ''
}
