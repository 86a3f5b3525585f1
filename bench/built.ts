/**
 * Builds a file of the benchmarks as the package itself is built, and runs it in a process of its own: what runs TypeScript as it
 * stands (tsx) names each function that a request makes, which takes `authorize` a twentieth and a guarded server a quarter.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Below the root, since what is built finds its packages from there. */
const PARENT = `${ROOT}.vitest/`

/** A file that was built. */
interface Built {
  readonly file: string
  remove(): void
}

/** Builds one file. */
export async function builtFrom(entry: URL): Promise<Built> {
  mkdirSync(PARENT, { recursive: true })
  const folder = mkdtempSync(`${PARENT}bench-`)
  const file = `${folder}/built.mjs`
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile: file,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'es2023',
    tsconfig: `${ROOT}tsconfig.json`,
  })
  return { file, remove: () => rmSync(folder, { recursive: true }) }
}

/**
 * What a script prints as JSON on its last line; libraries may have written lines of their own before it.
 *
 * @param flags those of Node.
 * @throws Error if the script fails; what it said stands in the terminal.
 */
export async function resultOf<T>(
  entry: URL,
  { flags = [], args = [] }: { readonly flags?: readonly string[]; readonly args?: readonly string[] } = {},
): Promise<T> {
  const built = await builtFrom(entry)
  try {
    const child = spawn(process.execPath, [...flags, built.file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    if (code !== 0) throw new Error(`${entry.pathname} ended with ${code}.`)
    return JSON.parse(printed.trimEnd().split('\n').at(-1) as string) as T
  } finally {
    built.remove()
  }
}
