/** Builds the package once for the tests of the command line, into a folder in which projects of tests find it as installed. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildHub } from '../../scripts/build-hub.ts'
import { buildPackage } from '../support/built-package.ts'
import { PROJECTS } from './project.ts'

export async function setup(): Promise<void> {
  await buildHub()
  rmSync(PROJECTS, { recursive: true, force: true })
  mkdirSync(PROJECTS, { recursive: true })
  // Or else the package would be found by its own name in the repository.
  writeFileSync(join(PROJECTS, 'package.json'), '{ "name": "projects", "private": true }')
  await buildPackage(join(PROJECTS, 'node_modules/plan-access-tokens'))
}

export function teardown(): void {
  rmSync(PROJECTS, { recursive: true, force: true })
}
