/**
 * Builds the page of src/hub/page/ into src/hub/assets.gen.ts, which git does not keep: one script with the parts that it
 * loads, one stylesheet, and the texts of each language in two files, each also in brotli. Runs before whatever reads the sources: build, tests, types. Says nothing unless something is wrong.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'
import { LANGUAGES } from '../src/hub/languages/index.ts'
import { ENGINE_TEXTS } from '../src/hub/texts/engine.ts'
import type { TextsFile } from '../src/hub/texts/file.ts'
import { HUB_TEXTS, type PluralText } from '../src/hub/texts/index.ts'
import { REASON_TEXTS } from '../src/hub/texts/reasons.ts'
import { namesOfTexts, numbered } from './number-texts.ts'
import { scoped } from './scope-css.ts'

const hub = fileURLToPath(new URL('../src/hub/', import.meta.url))
const generated = `${hub}assets.gen.ts`

interface Asset {
  readonly text: string
  readonly brotli: string
}

/** Where the page begins. */
const MAIN = 'page/main.tsx'
const TARGET = ['es2022', 'safari16.4']

async function bundleStyle(): Promise<Asset> {
  const { outputFiles } = await build({
    ...{ entryPoints: [`${hub}page/style.css`], bundle: true, minify: true, write: false },
    ...{ target: TARGET, legalComments: 'none', logLevel: 'warning' },
  })
  return assetOf(scoped(outputFiles[0]?.text ?? ''))
}

/**
 * The script, and the files that it imports: one at once, which has all that the table needs and what later parts share with it, and one
 * of those parts, which is loaded when one of them is first drawn. The script itself is a file apart, since it runs again where a host
 * puts another page in its place.
 */
async function bundleScript(modules: ReadonlyMap<string, string>) {
  const bundle = await rolldown({
    ...{ cwd: hub, input: { hub: MAIN }, preserveEntrySignatures: false },
    transform: {
      target: TARGET,
      // Children as arguments: what `jsx()` takes says "children" at each element once more.
      jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' },
      inject: { h: ['preact', 'h'], Fragment: ['preact', 'Fragment'] },
    },
    plugins: [{ name: 'modules', load: (id) => modules.get(id) }],
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await bundle.generate({
    ...{ entryFileNames: 'hub.js', chunkFileNames: 'hub-[name].[hash].js', minify: true, comments: false },
    codeSplitting: { groups: [{ name: 'table', tags: ['$initial'], test: (id) => !id.endsWith(MAIN) }] },
  })
  await bundle.close()
  const [script, ...parts] = output.filter((file) => file.type === 'chunk')
  return {
    moduleIds: output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])),
    script: assetOf(script?.code ?? ''),
    parts: Object.fromEntries(
      parts.map(({ fileName, code }) => [
        fileName,
        { ...assetOf(code), isEarly: script?.imports.includes(fileName) ?? false },
      ]),
    ),
  }
}

function assetOf(text: string): Asset {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return { text, brotli: brotliCompressSync(text, { params }).toString('base64') }
}

/** What the engine says is English as it comes, but where it names a type or a tier, for which the page has a word (hub/page/engine.tsx). */
const OF_ENGINE = { ...ENGINE_TEXTS, ...REASON_TEXTS }
const ENGLISH = Object.fromEntries(
  Object.entries(HUB_TEXTS).filter(
    ([name, text]) => !Object.hasOwn(OF_ENGINE, name) || /^reason_.*\{(type|tier)s?\}/.test(`${name} ${text}`),
  ),
)

/** What is said of any call that fails, whatever part of the page has made it, by codes that come with the answer. */
const OF_ANY_CALL = /^(error|issue)_/

/** What is put together of a family and a code. */
const isOfFamily = (name: string): boolean => name.includes('_')

/** Builds it. A file that says the same already is left alone, so that nothing that watches it starts over. */
export async function buildHub(): Promise<void> {
  const [named, style] = await Promise.all([bundleScript(new Map()), bundleStyle()])
  // A text is named where it is used. One that no file names that is loaded at once is for what is loaded later.
  const early = [named.script, ...Object.values(named.parts).filter(({ isEarly }) => isEarly)]
  const wordsIn = (files: readonly Asset[]) => new Set(files.flatMap(({ text }) => text.match(/\w+/g)))
  const [inEarly, inAny] = [wordsIn(early), wordsIn([named.script, ...Object.values(named.parts)])]
  const isEarly = (name: string): boolean => inEarly.has(name) || OF_ANY_CALL.test(name)
  // What stands in the HTML alone.
  const isOfServer = (name: string): boolean => !inAny.has(name) && !isOfFamily(name)

  const sources = new Map(
    named.moduleIds.filter((id) => id.startsWith(hub)).map((id) => [id, readFileSync(id, 'utf8')] as const),
  )
  const ofTexts = namesOfTexts(sources)
  const names = Object.keys(HUB_TEXTS)
    .filter((name) => ofTexts.has(name) && !isOfFamily(name) && !Object.hasOwn(OF_ENGINE, name))
    .toSorted((a, b) => Number(isEarly(b)) - Number(isEarly(a)))
  const numbers = new Map(names.map((name, number) => [name, number]))
  const modules = new Map([...sources].map(([id, code]) => [id, numbered(id, code, numbers)]))
  const { script, parts } = await bundleScript(modules)

  const fileOf = (words: { readonly [name: string]: string | PluralText }, has: (name: string) => boolean): Asset => {
    const own = names.filter(has)
    const file: TextsFile = {
      from: numbers.get(own[0] ?? '') ?? 0,
      numbered: own.map((name) => words[name] ?? ''),
      named: Object.fromEntries(Object.entries(words).filter(([name]) => has(name) && !numbers.has(name))),
    }
    return assetOf(JSON.stringify(file))
  }
  const filesOf = (has: (name: string) => boolean) =>
    Object.fromEntries(languages.map(([tag, words]) => [tag, fileOf(words, has)]))
  // What a language lacks is English.
  const others = Object.entries(LANGUAGES).map(([tag, words]) => [tag, { ...HUB_TEXTS, ...words }] as const)
  const languages = [['en', ENGLISH], ...others] as const
  const texts = filesOf(isEarly)
  const laterTexts = filesOf((name) => !isEarly(name) && !isOfServer(name))
  const serverTexts = Object.fromEntries(
    languages.map(([tag, words]) => [
      tag,
      Object.fromEntries(Object.entries(words).filter(([name]) => isOfServer(name))),
    ]),
  )
  const text = `/** The page's files. Made by scripts/build-hub.ts from hub/page/; not to be edited. */
export const ASSETS: {
  readonly [file in 'script' | 'style']: { readonly text: string; readonly brotli: string }
} & {
  readonly [file in 'texts' | 'laterTexts']: { readonly [language: string]: { readonly text: string; readonly brotli: string } }
} & {
  readonly parts: {
    readonly [name: string]: { readonly text: string; readonly brotli: string; readonly isEarly: boolean }
  }
  /** The names of the texts that have a number, in its order. */
  readonly textNames: readonly string[]
  /** What is said in the HTML alone. */
  readonly serverTexts: { readonly [language: string]: { readonly [name: string]: string | { readonly other: string } } }
} = ${JSON.stringify({ script, parts, style, texts, laterTexts, serverTexts, textNames: names })}
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
