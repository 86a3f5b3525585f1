/** `npm run hub`: it starts with its one command, prints an address without colour, and the page and its user switch answer there. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

let child: ChildProcess
const lines: string[] = []
beforeAll(async () => {
  const env = { ...process.env, FORCE_COLOR: '1', PORT: '0' }
  child = spawn('npm', ['run', 'hub'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  for await (const line of createInterface(child.stdout as NodeJS.ReadableStream)) {
    lines.push(line)
    if (line.startsWith('To be somebody else')) break
  }
})
afterAll(async () => {
  const exit = once(child, 'exit')
  process.kill(-(child.pid as number), 'SIGTERM')
  await exit
})

const printed = (): string => lines.find((line) => line.startsWith('The hub: '))?.slice('The hub: '.length) ?? ''
const bootOf = (html: string) =>
  JSON.parse(/id="boot">(.*)<\/script>/.exec(html)?.[1] ?? '{}') as {
    readonly plans: readonly { readonly name: string; readonly closed: object }[]
    readonly first: { readonly tokens: readonly { readonly name: string; readonly status: string }[] }
  }

describe('npm run hub', () => {
  it('prints its address plainly', () => {
    expect(printed()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/developers\/tokens$/)
  })

  it('shows sample data in every state without a login', async () => {
    const response = await fetch(printed())
    const { plans, first } = bootOf(await response.text())
    expect(response.status).toBe(200)
    expect(plans.map(({ name }) => name)).toEqual(['Acme', 'Globex', 'Initech'])
    expect(new Set(first.tokens.map(({ status }) => status))).toEqual(new Set(['active', 'expired', 'revoked']))
  })

  it('makes a browser somebody else', async () => {
    const { origin } = new URL(printed())
    const page = await (await fetch(`${origin}/`)).text()
    expect(page).toContain('href="/as/bob"')
    const answer = await fetch(`${origin}/as/bob`, { redirect: 'manual' })
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/developers/tokens'])
    const { plans } = bootOf(await (await fetch(printed(), { headers: { cookie } })).text())
    expect(plans.map(({ name }) => name)).toEqual(['Acme'])
  })
})
