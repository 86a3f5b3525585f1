/**
 * What a request to a registry must hold besides its path, since a registry believes its body and its file names: a publish
 * names its package in four places, and a tarball in two. Registries in Go (Gitea, Forgejo) take `Name` for `name`. Called by the
 * rules; they can do nothing but refuse.
 */
import { hasOtherSpelling } from '../core/letter-case.ts'
import { isDictionary } from '../core/objects.ts'
import type { CheckedRequest, PolicyCode } from '../core/policy-data.ts'

/** For endpoints whose path ends in a tarball's name. */
export const TARBALL = { 'tarball@1': 'The file is the tarball of a version of this package.' } as const
/** For endpoints whose path ends in the name of a package with a version. */
export const NAME_AND_VERSION = { 'name-and-version@1': 'A name and one version stand in the path.' } as const
/** For endpoints that take a packument. */
export const PACKUMENT = {
  'packument@1':
    'The body names this package and no other, and each attachment is the tarball of a version that it lists, or the sigstore bundle of one.',
} as const

/** A version of semver.org 2.0.0, as far as a file name can be told from another package's by it. */
const VERSION = /^\d+\.\d+\.\d+(?:[-+][\w.+-]*)?$/

/** The functions of the checks. */
export const CHECKS: NonNullable<PolicyCode['checks']> = {
  'tarball@1': ({ params: { file = '', version }, resources }) => {
    const id = resources[0]?.id ?? ''
    const found = versionIn(file, id.slice(id.indexOf('/') + 1))
    return VERSION.test(found ?? '') && (version === undefined || version === found)
  },
  'name-and-version@1': ({ params: { name = '', version = '' } }) => !name.includes('@') && VERSION.test(version),
  'packument@1': isPackumentOf,
}

/** The version in `button-1.0.0.tgz`, if the file is called so. */
function versionIn(file: string, name: string, ending = '.tgz'): string | undefined {
  return file.startsWith(`${name}-`) && file.endsWith(ending) ? file.slice(name.length + 1, -ending.length) : undefined
}

function isPackumentOf({ resources, body }: CheckedRequest): boolean {
  const id = resources[0]?.id
  if (id === undefined || !isDictionary(body) || hasOtherSpelling(body, '_id', 'name', 'versions', '_attachments'))
    return false
  const { name = id, _id = id, versions = {}, _attachments = {} } = body
  if (body.name === undefined && body._id === undefined) return false
  if (name !== id || _id !== id || !isDictionary(versions) || !isDictionary(_attachments)) return false
  // A registry makes a path of the file's name, and the body itself says what versions there are: `1/../../other/other-1.0.0`.
  const isListed = (version = ''): boolean => VERSION.test(version) && Object.hasOwn(versions, version)
  return (
    Object.entries(versions).every(
      ([version, manifest]) =>
        isDictionary(manifest) &&
        manifest.name === id &&
        manifest.version === version &&
        !hasOtherSpelling(manifest, 'name', 'version'),
    ) &&
    // npm calls them by the whole name, others by the name without the scope.
    Object.keys(_attachments).every(
      (file) =>
        isAttached(file, id, _attachments, isListed) ||
        isAttached(file, id.slice(id.indexOf('/') + 1), _attachments, isListed),
    )
  )
}

/** Whether a file is the tarball of a listed version, or a sigstore bundle (npm's provenance) beside that tarball. */
function isAttached(file: string, name: string, all: object, isListed: (version?: string) => boolean): boolean {
  if (isListed(versionIn(file, name))) return true
  const signed = versionIn(file, name, '.sigstore')
  return isListed(signed) && Object.hasOwn(all, `${name}-${signed}.tgz`)
}
