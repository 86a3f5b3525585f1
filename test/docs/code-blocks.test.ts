/**
 * Every TypeScript block of README.md and docs/ compiles under the repository's options, runs, and prints what it says. What `init`
 * writes into projects is compiled with them, since the compiler takes most of its time for what they share.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { programsOfInit } from '../cli/init-programs.ts'
import { type Problem, problemText, programsOf, unknownLanguages } from './blocks.ts'
import { pagesOfRepository, readPage } from './markdown.ts'
import { fits, problemsOfRun } from './run.ts'
import { typeProblems } from './type-check.ts'

/** The compiler reads the whole of src/ and the platform's types, once for all blocks. */
const COMPILES = 120_000

/** The programs of a page that holds nothing but blocks. The code of the first begins on line 2. */
const pageOf = (file: string, ...blocks: readonly (readonly string[])[]) =>
  programsOf(readPage(file, blocks.map((lines) => ['```ts', ...lines, '```'].join('\n')).join('\n')))

const SETUP = ['// setup.ts', 'export const state = { uses: 0 }']
const USER = ["import { state } from './setup.ts'", 'state.uses += 1', 'console.log(state) // { uses: 1 }']

/** Blocks that the compiler has to find fault with, and two that it has not. */
const TRIALS = [
  ...pageOf(
    'broken.md',
    ["import { memoryStore } from 'plan-access-tokens'", '', 'export const store: string = memoryStore()'],
    ["import { memoryStore } from 'plan-access-tokens'"],
    ['// @ts-expect-error there is no error', 'export const one: number = 1'],
    ["import { anything } from 'plan-access-tokens/elsewhere'", 'export const thing = anything'],
    ['const half = {'],
  ),
  ...pageOf('shared.md', SETUP, USER),
  ...pageOf('too-early.md', USER, SETUP),
]

const pages = pagesOfRepository()
const programs = pages.flatMap(programsOf)
const named = programs.map((program) => ({ place: `${program.block.file}:${program.block.line}`, program }))

const ofInit = programsOfInit()

let problems: readonly Problem[] = []
beforeAll(() => {
  problems = typeProblems([...programs, ...TRIALS, ...ofInit])
}, COMPILES)

const problemsOn = (page: string): readonly string[] => problems.filter(({ file }) => file === page).map(problemText)

describe('the code blocks of the documents', () => {
  it('are in a language that is checked, or are no programs', () => {
    expect(pages.flatMap(unknownLanguages).map(problemText)).toEqual([])
  })

  it('are there', () => {
    const withCode = new Set(programs.map(({ block }) => block.file))
    expect([...withCode]).toEqual(expect.arrayContaining(['README.md', 'docs/concepts.md', 'docs/policy.md']))
  })

  it.each(pages)('of $file compile', ({ file }) => {
    expect(problemsOn(file)).toEqual([])
  })

  it.each(named)('$place runs and prints what it says', async ({ program }) => {
    expect((await problemsOfRun(program)).map(problemText)).toEqual([])
  })
})

describe('what init writes', () => {
  it('is right TypeScript for every framework and every driver that is here', () => {
    expect(ofInit.length).toBeGreaterThan(100)
    expect(ofInit.flatMap(({ block }) => problemsOn(block.file))).toEqual([])
  })
})

async function runAll(...blocks: readonly (readonly string[])[]): Promise<string[]> {
  const found: string[] = []
  for (const program of pageOf('page.md', ...blocks)) found.push(...(await problemsOfRun(program)).map(problemText))
  return found
}

describe('the check of code blocks', () => {
  it('finds a wrong type, an unused name, a needless @ts-expect-error, a missing module and bad syntax, each at its line', () => {
    expect(problemsOn('broken.md')).toEqual([
      "broken.md:4: Type 'MemoryStore' is not assignable to type 'string'.",
      "broken.md:7: 'memoryStore' is declared but its value is never read.",
      "broken.md:10: Unused '@ts-expect-error' directive.",
      expect.stringMatching(/^broken\.md:14: Cannot find module 'plan-access-tokens\/elsewhere'/),
      "broken.md:18: '}' expected.",
    ])
  })

  it('lets a block import a named one above it, and none below', () => {
    expect(problemsOn('shared.md')).toEqual([])
    expect(problemsOn('too-early.md')).toEqual([
      expect.stringMatching(/^too-early\.md:2: Cannot find module '\.\/setup\.ts'/),
    ])
  })

  it('starts a named block anew for each block that imports it', async () => {
    expect(await runAll(SETUP, USER, USER)).toEqual([])
  })

  it('finds a block that throws, at the line that threw', async () => {
    expect(await runAll(['const one = 1', '', "if (one > 0) throw new TypeError('no')"])).toEqual([
      'page.md:4: throws TypeError: no',
    ])
  })

  it('finds an output that is not what the comment says, at its line', async () => {
    expect(await runAll(['const one = 1', 'console.log(one) // 2'])).toEqual([
      'page.md:3: prints\n1\nbut the comment says\n2',
    ])
    expect(await runAll(["console.log('a\\nb')", '// a', '// c'])).toEqual([
      'page.md:2: prints\na\nb\nbut the comment says\na\nc',
    ])
  })

  it('finds an output that no comment speaks of, and one that is never printed', async () => {
    expect(await runAll(['console.log(1)', '', '// 1'])).toEqual([
      'page.md:2: prints something, but no comment says what.',
    ])
    expect(await runAll(['export const never = () => console.log(1) // 1'])).toEqual([
      'page.md:2: claims to print something, but is never reached.',
    ])
  })

  it('reads outputs behind a call, below it, from a loop and with a part left open', async () => {
    const code = [
      "console.log('text', { a: [1] }) // text { a: [ 1 ] }",
      'const show = (name: string) => console.log(name.repeat(2)), // ab…',
      '  unused = 0',
      "show('abc')",
      'for (const n of [1, 2, unused]) {',
      '  console.log(n)',
      '  // 1',
      '  // 2',
      '  // 0',
      '}',
    ]
    expect(await runAll(code)).toEqual([])
  })

  it.each([
    { output: 'a.c', expected: 'a.c', isRight: true },
    { output: 'abc', expected: 'a.c', isRight: false },
    { output: 'one\n  two', expected: 'one two', isRight: true },
    { output: 'one two', expected: 'one', isRight: false },
    { output: 'one two', expected: '… two', isRight: true },
  ])('holds "$output" against "$expected"', ({ output, expected, isRight }) => {
    expect(fits(output, expected)).toBe(isRight)
  })

  it('finds TypeScript that hides under another language, and a fence that is left open', () => {
    const page = readPage('page.md', 'Text.\n```typescript\nconst a: string = 1\n```\n```\nbare\n```')
    expect(unknownLanguages(page).map(problemText)).toEqual([
      expect.stringMatching(/^page\.md:2: the language "typescript" is not checked/),
      expect.stringMatching(/^page\.md:5: the language "" is not checked/),
    ])
    expect(() => readPage('page.md', 'Text.\n```ts\nconst a = 1\n')).toThrow('page.md:2: the code block is not closed.')
  })
})
