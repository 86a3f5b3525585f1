/**
 * Builds the page of src/hub/page/ into src/hub/assets.gen.ts, which git does not keep: one script, one stylesheet, and the texts of each
 * language, each also in brotli. Runs before whatever reads the sources: build, tests, types. Says nothing unless something is wrong.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'
import { LANGUAGES } from '../src/hub/languages/index.ts'
import { HUB_TEXTS } from '../src/hub/texts/index.ts'
import { scoped } from './scope-css.ts'

const hub = fileURLToPath(new URL('../src/hub/', import.meta.url))
const generated = `${hub}assets.gen.ts`

interface Asset {
  readonly text: string
  readonly brotli: string
}

async function bundle(entry: string): Promise<Asset> {
  const { outputFiles } = await build({
    entryPoints: [hub + entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2022', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  })
  const text = outputFiles[0]?.text ?? ''
  return assetOf(entry.endsWith('.css') ? scoped(text) : text)
}

function assetOf(text: string): Asset {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return { text, brotli: brotliCompressSync(text, { params }).toString('base64') }
}

/** Builds it. A file that says the same already is left alone, so that nothing that watches it starts over. */
export async function buildHub(): Promise<void> {
  const [script, style] = await Promise.all([bundle('page/main.tsx'), bundle('page/style.css')])
  // What a language lacks is English.
  const texts = Object.fromEntries(
    Object.entries({ en: {}, ...LANGUAGES }).map(([tag, words]) => [
      tag,
      assetOf(JSON.stringify({ ...HUB_TEXTS, ...words })),
    ]),
  )
  const text = `/** The page's files. Made by scripts/build-hub.ts from hub/page/; not to be edited. */
export const ASSETS: {
  readonly [file in 'script' | 'style']: { readonly text: string; readonly brotli: string }
} & {
  readonly texts: { readonly [language: string]: { readonly text: string; readonly brotli: string } }
} = ${JSON.stringify({ script, style, texts })}
`
  if (read(generated) !== text) writeFileSync(generated, text)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildHub()
