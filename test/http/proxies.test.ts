/**
 * A real nginx before each framework, with the configuration and the options of docs/addresses.md: whatever headers a client sends
 * itself, a token with addresses goes by where it came from. With nothing in front: support/guard-cases.ts.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { type World, world } from '../attack/world.ts'
import { blockOf, NGINX, startGateway } from '../gateway/programs.ts'
import type { Made } from '../support/world.ts'
import { FRAMEWORKS, type Framework } from './support/frameworks.ts'
import { FILE, SPOOFED } from './support/guard-cases.ts'
import { request, serve } from './support/served.ts'
import { send1 } from './support/wire.ts'

/** On the loopback each client may have an address of its own; nginx sends from 127.0.0.1. */
const INSIDE = '127.0.0.2'
const OUTSIDE = '127.0.0.3'

let w: World
let made: Made
beforeAll(async () => {
  w = await world()
  made = await w.make({ addresses: [INSIDE] })
})

/** nginx speaks HTTP/1.1 to what is behind it. */
const BEHIND = FRAMEWORKS.filter(({ isHttp2 }) => !isHttp2)

/** The headers of `SPOOFED` that say one thing, in whichever form. */
const saying = (value: string) => [
  ...SPOOFED.map(([name]) => [name, value] as const),
  ['Forwarded', `for=${value}`] as const,
]

describe(`behind nginx (${NGINX.needs})`, () => {
  const start = async (framework: Framework) => {
    const { port: api, runs } = await serve(framework, { tokens: w.tokens, address: 'proxy' })
    const conf = () => blockOf('# nginx.conf: what stands in http { }', 'docs/addresses.md')
    const port = await startGateway(NGINX, { api, change: conf })
    const send = async (from: string, headers: readonly (readonly [string, string])[] = []) =>
      (await send1(port, request(FILE, made, { headers }), from)).status
    return { send, runs }
  }

  it.runIf(NGINX.isThere).each(BEHIND)('$name goes by the client and not by what it says', async (framework) => {
    const { send, runs } = await start(framework)
    expect(await send(INSIDE)).toBe(200)
    expect(await send(OUTSIDE)).toBe(403)
    for (const value of [
      INSIDE,
      `${INSIDE}, ${INSIDE}`,
      `${INSIDE}, 127.0.0.1`,
      `::ffff:${INSIDE}`,
      `${INSIDE}:80`,
      '',
    ])
      expect(await send(OUTSIDE, saying(value)), value).toBe(403)
    for (const value of [OUTSIDE, 'x', `${OUTSIDE}, ${OUTSIDE}`])
      expect(await send(INSIDE, saying(value)), value).toBe(200)
    const twice = [...saying(INSIDE), ...saying(INSIDE)]
    expect(await send(OUTSIDE, twice)).toBe(403)
    expect(runs).toHaveLength(4)
  })
})
