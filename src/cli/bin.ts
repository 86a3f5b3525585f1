#!/usr/bin/env node
/**
 * What `npx plan-access-tokens` starts. It is written so that an old Node reads it too, and says which one is needed before
 * anything newer is loaded. Where the project has the package, that copy runs: its configuration is of the same modules. The
 * program: cli/main.ts.
 */
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 19)) {
  const own = projectCopy()
  if (own === undefined || own === realpathSync(fileURLToPath(import.meta.url)))
    import('./main.ts').then(({ main }) => main(process.argv.slice(2)))
  else import(pathToFileURL(own).href)
} else {
  process.stderr.write(`error: plan-access-tokens needs Node 20.19 or later, and this is ${process.versions.node}.\n`)
  process.exitCode = 3
}

/** The command line of the project in this folder, if it has one. */
function projectCopy(): string | undefined {
  try {
    const { resolve } = createRequire(join(process.cwd(), 'package.json'))
    return realpathSync(join(resolve('plan-access-tokens/package.json'), '../dist/cli/bin.js'))
  } catch {
    return undefined
  }
}
