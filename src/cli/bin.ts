#!/usr/bin/env node
/**
 * What `npx plan-access-tokens` starts. It is written so that an old Node reads it too, and says which one is needed before
 * anything newer is loaded. The program: cli/main.ts.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 19)) {
  import('./main.ts').then(({ main }) => main(process.argv.slice(2)))
} else {
  process.stderr.write(`error: plan-access-tokens needs Node 20.19 or later, and this is ${process.versions.node}.\n`)
  process.exitCode = 3
}
