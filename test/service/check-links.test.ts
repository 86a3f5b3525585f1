/** `checkLinks`: who may ask, which input is refused, and what is answered from memory. What it says of links: test/admin/links.test.ts. */
import { createPlanTokens, memoryStore, type ResourceRef } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expect, it } from 'vitest'
import { ADMIN, newDirectory, newWorld, START, TOKEN } from '../support/world.ts'

const FILE = 'https://www.figma.com/file/FileA'
const ASK = { actor: ADMIN, planId: '1001', text: FILE }

it('gives each resource once, and each mistake with its place', async () => {
  const { tokens } = newWorld()
  const text = `${FILE}, oops ${FILE}/Title\nhttps://www.figma.com/file/FileZ`
  const { resources, mistakes, unplaced } = await tokens.checkLinks({ ...ASK, text })
  expect(resources).toEqual([{ kind: 'file', id: 'FileA', link: FILE }])
  expect(mistakes.map(({ start, end, code }) => [text.slice(start, end), code])).toEqual([
    ['oops', 'link_wrong_host'],
    ['https://www.figma.com/file/FileZ', 'resource_not_in_plan'],
  ])
  expect(unplaced).toBeUndefined()
})

it('says what each resource lies in, if that is asked', async () => {
  const { tokens } = newWorld()
  const { resources } = await tokens.checkLinks({ ...ASK, within: true })
  expect(resources).toEqual([
    {
      ...{ kind: 'file', id: 'FileA', link: FILE },
      within: [
        { kind: 'project', id: '123' },
        { kind: 'team', id: '456' },
        { kind: 'workspace', id: '789' },
      ],
    },
  ])
})

describe('refuses', () => {
  it.each<[string, object, string, readonly string[]]>([
    ['whoever is no admin of the plan', { actor: 'admin-2' }, 'not_plan_admin', []],
    ['whoever asks about a plan that does not exist', { planId: '9999' }, 'not_plan_admin', []],
    ['no actor', { actor: undefined }, 'invalid_input', ['actor']],
    ['no text', { text: undefined }, 'invalid_input', ['text']],
    ['text that is none', { text: [FILE] }, 'invalid_input', ['text']],
    ['text that is too long', { text: ' '.repeat(4_194_305) }, 'invalid_input', ['text']],
    ['far too many links', { text: 'x '.repeat(11_001) }, 'invalid_input', ['text']],
    ['a surface that does not exist', { surface: 'webhooks' }, 'invalid_input', ['surface']],
    ['a wish that is none', { within: 'yes' }, 'invalid_input', ['within']],
    ['a field too many', { link: FILE }, 'invalid_input', ['link']],
    ['everything wrong at once', { actor: '', planId: 1, text: 2 }, 'invalid_input', ['actor', 'planId', 'text']],
  ])('%s', async (_, wrong, code, paths) => {
    const { tokens } = newWorld()
    const refusal = await tokens.checkLinks({ ...ASK, ...wrong } as never).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code })
    expect((refusal as { issues?: { path: string }[] }).issues?.map(({ path }) => path) ?? []).toEqual(paths)
  })
})

it('takes text of the greatest length, and none at all', async () => {
  const { tokens } = newWorld()
  for (const text of [FILE.padStart(4_194_304), ''])
    expect((await tokens.checkLinks({ ...ASK, text })).resources).toHaveLength(text === '' ? 0 : 1)
})

it('answers of places from memory for directoryMaxAgeMs, and asks anew for rights and for what is written', async () => {
  const asked: string[] = []
  const real = newDirectory()
  const directory = {
    ...real,
    isPlanAdmin(actor: string, planId: string) {
      asked.push('isPlanAdmin')
      return real.isPlanAdmin(actor, planId)
    },
    locate(ref: ResourceRef) {
      asked.push('locate')
      return real.locate(ref)
    },
  }
  const options = { policy: figmaPolicy(), store: memoryStore(), directory, clock: { now: () => START } }
  const tokens = createPlanTokens({ ...options, directoryMaxAgeMs: 60_000 })
  await tokens.checkLinks(ASK)
  await tokens.checkLinks(ASK)
  expect(asked).toEqual(['isPlanAdmin', 'locate', 'isPlanAdmin'])
  await tokens.create({ ...TOKEN, resources: [FILE] })
  expect(asked.slice(3)).toEqual(['isPlanAdmin', 'locate'])
})
