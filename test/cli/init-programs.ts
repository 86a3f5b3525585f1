/** What `init` writes in TypeScript, for each framework, each driver that is here and each form of ids, as programs to be compiled. */
import { DATABASES, type Found, FRAMEWORKS, ID_FORMS } from '../../src/cli/init/detect.ts'
import { draftsOf } from '../../src/cli/init/files.ts'
import type { Program } from '../docs/blocks.ts'

/** What `init` has found in a project; a project in TypeScript, if not said otherwise. */
export const found = (fields: Partial<Found>): Found => ({
  ...{ name: 'my-app', framework: 'node', database: 'libsql', ids: 'integer', isTypeScript: true, ending: 'ts' },
  ...{ importEnding: 'ts', runner: 'node', manager: 'npm', packages: new Set() },
  ...fields,
})

/** One program for each file. Its block is named after the file, below `init/`. */
export function programsOfInit(): readonly Program[] {
  const isHere = (database: string): boolean => !['better-sqlite3', 'node:sqlite'].includes(database)
  const projects = [
    ...FRAMEWORKS.map((framework) => found({ framework })),
    ...DATABASES.filter(isHere).map((database) => found({ database })),
    ...ID_FORMS.map((ids) => found({ ids, runner: 'vitest' })),
    found({ openapi: 'docs/openapi.yaml' }),
  ]
  return projects.flatMap((one): Program[] => {
    const drafts = draftsOf(one)
    const files = new Map(drafts.map(({ file, text }) => [file, text]))
    return drafts.map(({ file, text }) => ({
      main: file,
      files,
      block: { file: `init/${file}`, line: 1, lang: 'ts', code: text },
    }))
  })
}
