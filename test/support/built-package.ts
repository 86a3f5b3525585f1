/** The package as it is built, without its types: for hosts that a test starts outside this repository. */
import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a build may take on a machine that is busy. */
const BUILD_MS = 150_000

/** Builds it into a folder of a host's node_modules, with its manifest. Its dependencies are for the host to bring. */
export async function buildPackage(folder: string): Promise<void> {
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
  const args = [tsup, '--no-dts', '--out-dir', join(folder, 'dist')]
  await promisify(execFile)(process.execPath, args, { cwd: root, timeout: BUILD_MS })
  await cp(join(root, 'package.json'), join(folder, 'package.json'))
}
