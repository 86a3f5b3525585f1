/**
 * `npm run bench -- against --commit COMMIT [--quick]`: what `authorize` costs now, as ratios to what it cost at a commit before. Both
 * are bundled, each with its own bench/engine-world.ts, and measured in turn in one process. Development dependencies are today's.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type * as Worlds from './engine-world.ts'
import { interleaved, rounded } from './measure.ts'
import { ours } from './sides.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const ENTRY = `
export { requestsFor, world } from './bench/engine-world.ts'
export { figmaPolicy } from './src/figma/index.ts'
`

type Tree = Pick<typeof Worlds, 'requestsFor' | 'world'> & {
  readonly figmaPolicy: () => Parameters<typeof Worlds.world>[0]
}

/** Ratios of now to before: below 1 is faster. */
export interface AgainstResult {
  readonly rest: number
  /** The same with `freshnessMs` 1,000. */
  readonly fresh: number
  readonly malformed: number
}

export const AGAINST_LIMITS = { rest: 1.02, fresh: 1.02, malformed: 1.02 } as const

/** @throws Error if there is no such commit, or if its sources cannot be bundled. */
export async function against({
  quick,
  commit,
}: {
  readonly quick: boolean
  readonly commit: string
}): Promise<AgainstResult> {
  const folder = mkdtempSync(join(tmpdir(), 'against-'))
  const before = join(folder, 'before')
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  git('worktree', 'add', '--quiet', '--detach', before, commit)
  try {
    symlinkSync(join(root, 'node_modules'), join(before, 'node_modules'))
    const rounds = quick ? 7 : 61
    const earlierFirst = {
      earlier: await loaded(before, join(folder, '1.mjs')),
      now: await loaded(root, join(folder, '2.mjs')),
    }
    const nowFirst = {
      now: await loaded(root, join(folder, '3.mjs')),
      earlier: await loaded(before, join(folder, '4.mjs')),
    }
    /** What is loaded and made second is slower by up to a tenth, also where it is the same code: each is first once. */
    const ratio = async (sidesOf: (tree: Tree) => Promise<ReturnType<typeof ours>>): Promise<number> => {
      const one = await interleaved(
        { earlier: await sidesOf(earlierFirst.earlier), now: await sidesOf(earlierFirst.now) },
        { rounds },
      )
      const other = await interleaved(
        { now: await sidesOf(nowFirst.now), earlier: await sidesOf(nowFirst.earlier) },
        { rounds },
      )
      return rounded(Math.sqrt((one.now / one.earlier) * (other.now / other.earlier)))
    }
    return {
      rest: await ratio((tree) => warm(tree, 0)),
      fresh: await ratio((tree) => warm(tree, 1_000)),
      malformed: await ratio(malformed),
    }
  } finally {
    git('worktree', 'remove', '--force', before)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function loaded(tree: string, outfile: string): Promise<Tree> {
  const stdin = { contents: ENTRY, resolveDir: tree, loader: 'ts' } as const
  const tsconfig = join(tree, 'tsconfig.json')
  await build({ stdin, tsconfig, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
  return (await import(pathToFileURL(outfile).href)) as Tree
}

async function warm({ world, requestsFor, figmaPolicy }: Tree, freshnessMs: number): Promise<ReturnType<typeof ours>> {
  const made = await world(figmaPolicy(), 1_000, { freshnessMs })
  return ours(made, requestsFor(made.secrets))
}

/** Secrets whose last character is another, so that their checksum is wrong. */
async function malformed({ world, requestsFor, figmaPolicy }: Tree): Promise<ReturnType<typeof ours>> {
  const made = await world(figmaPolicy(), 1_000)
  const wrong = made.secrets.map((secret) => `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`)
  return ours(made, requestsFor(wrong), 'token_malformed')
}
