/** `init`: writes what a project needs to use tokens, after it has shown it. It overwrites nothing and installs nothing. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { confirmed } from '../ask.ts'
import { DRIVER_PACKAGES } from '../init/database.ts'
import { type Database, detect, type Found, type Framework, type IdForm } from '../init/detect.ts'
import { type Draft, draftsOf, FOLDER } from '../init/files.ts'
import { guardFile } from '../init/guard.ts'
import { OPENAPI_PACKAGES } from '../init/openapi.ts'
import { writeAll } from '../init/write.ts'
import { type Io, oneLine, plain } from '../io.ts'
import { readsTypeScript } from '../load-config.ts'
import type { Session } from '../session.ts'

/** Flags of `init`. */
export interface InitOptions {
  readonly framework?: Framework
  readonly database?: Database
  readonly ids?: IdForm
  readonly dryRun?: boolean
  readonly yes?: boolean
}

/** Shows the files of a project and writes those that are missing, or none of them. */
export async function init({ io }: Session, options: InitOptions): Promise<void> {
  const folder = process.cwd()
  const { framework, database, ids, dryRun, yes } = options
  const found: Found = {
    ...detect(folder, await hasNodeSqlite()),
    ...(framework && { framework }),
    ...(database && { database }),
    ...(ids && { ids }),
  }
  const drafts = draftsOf(found)
  const missing = drafts.filter(({ file }) => !existsSync(join(folder, file)))
  const isKept = (draft: Draft): boolean => !missing.includes(draft)
  showFound(io, found)
  for (const draft of drafts)
    io.say(`  ${isKept(draft) ? 'kept   ' : 'new    '} ${draft.file}  ${io.colors.dim(oneLine(draft.what))}`)
  if (!io.json && (dryRun || !yes))
    for (const { file, text } of missing) io.say(`\n${io.colors.bold(file)}\n${plain(text)}`)
  const install = packagesOf(found)
  if (!dryRun && missing.length > 0) {
    await confirmed(io, `Write ${missing.length} files?`, yes)
    writeAll(folder, missing)
  }
  if (io.json) {
    const files = drafts.map((draft) => ({
      file: draft.file,
      status: isKept(draft) ? 'kept' : dryRun ? 'new' : 'written',
    }))
    const { name, isTypeScript, runner, openapi } = found
    const seen = { name, framework: found.framework, database: found.database, ids: found.ids, isTypeScript, runner }
    io.data(JSON.stringify({ found: { ...seen, ...(openapi !== undefined && { openapi }) }, files, install }))
    return
  }
  if (missing.length === 0) io.say('Everything is there already; nothing was written.')
  else if (!dryRun) showNext(io, found, install)
}

function showFound(io: Io, { framework, database, ids, isTypeScript, openapi }: Found): void {
  io.say(`Framework: ${framework}. Database: ${database}. Ids: ${ids}. ${isTypeScript ? 'TypeScript' : 'JavaScript'}.`)
  if (openapi !== undefined) io.say(`OpenAPI document: ${oneLine(openapi)}.`)
}

function showNext(io: Io, found: Found, install: readonly string[]): void {
  const { ending, manager, packages } = found
  const add = `${manager} ${manager === 'npm' ? 'install' : 'add'}`
  const readers = found.isTypeScript && !readsTypeScript() ? ['tsx', 'jiti'].filter((name) => !packages.has(name)) : []
  const why = `(Node ${process.versions.node} reads no TypeScript, 22.18 and later does)`
  const steps = [
    ...(install.length === 0 ? [] : [`${add} ${install.join(' ')}`]),
    ...(readers.length === 0 ? [] : [`${add} -D ${readers.join(' ')} ${why}`]),
    `fill in ${FOLDER}/directory.${ending}, and write your endpoints into ${FOLDER}/policy.${ending}`,
    guardFile(found, FOLDER).next,
    'npx plan-access-tokens doctor',
  ]
  io.say('\nNext:')
  for (const [i, step] of steps.entries()) io.say(`  ${i + 1}. ${step}`)
}

/** What the files import and the project has not. Kysely 0.29 wants Node 22. */
function packagesOf({ database, packages, openapi }: Found): readonly string[] {
  const old = Number.parseInt(process.versions.node, 10) < 22
  const wanted = ['plan-access-tokens', old ? 'kysely@0.28' : 'kysely', ...DRIVER_PACKAGES[database]]
  if (openapi !== undefined) wanted.push(...OPENAPI_PACKAGES)
  return wanted.filter((name) => !packages.has(name.replace(/(?<=.)@.*/, '')))
}

/** Whether Node has SQLite (22.13 and later). */
async function hasNodeSqlite(): Promise<boolean> {
  // By a name that a bundler does not look for.
  const name = 'node:sqlite'
  return import(name).then(
    () => true,
    () => false,
  )
}
