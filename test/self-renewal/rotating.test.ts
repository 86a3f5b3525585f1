/** `createRotatingSecret`: a nightly job lives through its renewals, whatever breaks; and what it never does with a secret. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { build } from 'esbuild'
import { SetupError } from 'plan-access-tokens'
import { createRotatingSecret, RotatingSecretError } from 'plan-access-tokens/rotating-secret'
import { afterEach, describe, expect, it } from 'vitest'
import { bundleWorker, startWorkerd } from '../support/workerd.ts'
import { DAY, HOUR, MINUTE, START } from '../support/world.ts'
import { type Fault, newFile, newProcess, newSite, type Site } from './nightly.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A site and a file with the secret of a token that lives for a week and renews itself from half of it on. */
async function newJob(options: Parameters<typeof newSite>[0] = {}) {
  const site = await newSite(options)
  const { id, secret } = await site.world.makeRenewing({ lifetimeDays: 7 })
  const file = await newFile(secret)
  ends.push(site.stop, file.remove)
  return { site, file, id, secret }
}

const renewedIn = async ({ world }: Site) => (await world.log()).filter((type) => type === 'self_refreshed').length

/** A night: a process comes, does its work, and goes. What it is answered; `killed` if it did not get so far. */
async function night(site: Site, file: Parameters<typeof newProcess>[1], more = {}) {
  const { rotating, errors, killed } = newProcess(site, file, more)
  const status = await rotating.fetch(site.api).then(
    (response) => response.status,
    (error) => (killed() ? 'killed' : Promise.reject(error)),
  )
  return { status: killed() ? 'killed' : status, errors }
}

describe('a nightly job', () => {
  it('lives through ten renewals without a failed request', async () => {
    const { site, file } = await newJob()
    while ((await renewedIn(site)) < 10) {
      expect((await night(site, file)).status).toBe(200)
      site.world.clock.advance(DAY + 5 * MINUTE)
    }
    // The first night asks, and is told when; after that nobody asks too early.
    expect(site.renewals.count).toBe(11)
    expect(site.world.clock.now()).toBeGreaterThan(START + 35 * DAY)
  })

  it.each(Array.from({ length: 12 }, (_, i) => i))(
    'that is killed in each night at its step %i, and comes again at once, lives through ten too',
    async (killAt) => {
      const { site, file } = await newJob()
      let kills = 0
      for (let nights = 0; (await renewedIn(site)) < 10; nights++) {
        const first = await night(site, file, { killAt, leaseMs: 0 })
        if (first.status === 'killed') kills++
        else expect(first.status).toBe(200)
        expect((await night(site, file, { leaseMs: 0 })).status).toBe(200)
        site.world.clock.advance(DAY + 5 * MINUTE)
        expect(nights).toBeLessThan(60)
      }
      expect(kills).toBeGreaterThan(0)
      expect(await site.world.log()).not.toContain('superseded_secret_used')
    },
  )

  it.each(Array.from({ length: 12 }, (_, i) => i))(
    'that is killed at its step %i in every other night, and comes again only in the next, lives through ten too',
    async (killAt) => {
      const { site, file } = await newJob()
      for (let nights = 0; (await renewedIn(site)) < 10; nights++) {
        const { status } = await night(site, file, nights % 2 === 0 ? { killAt } : {})
        if (status !== 'killed') expect(status).toBe(200)
        site.world.clock.advance(DAY + 5 * MINUTE)
        expect(nights).toBeLessThan(80)
      }
    },
  )

  it.each<[string, Fault[]]>([
    ['an answer is lost', ['lost after', 'lost after']],
    ['a request is lost', ['lost before', 'lost before']],
    ['an answer is lost, and had again at once', ['lost after']],
    ['the server says 503', ['503 before']],
    ['the server says 503 after it has renewed', ['503 after']],
    ['something in between answers', ['garbage']],
    ['something in between sends it elsewhere', ['redirect']],
  ])('lives through ten where in every other night of a renewal %s', async (_, faults) => {
    const { site, file } = await newJob()
    for (let nights = 0; (await renewedIn(site)) < 10; nights++) {
      if (nights % 2 === 1) site.faults.splice(0, site.faults.length, ...faults)
      const { status } = await night(site, file)
      expect(status).toBe(200)
      site.faults.length = 0
      site.world.clock.advance(DAY + 5 * MINUTE)
      expect(nights).toBeLessThan(80)
    }
    expect(await site.world.log()).not.toContain('superseded_secret_used')
  })

  it('goes on with the secret so far where it may not renew any more, and tells why', async () => {
    const { site, file, id } = await newJob()
    await site.world.tokens.edit({ actor: 'admin-1', id, selfRenewal: false })
    const { status, errors } = await night(site, file)
    expect([status, errors.map(({ code, refusal }) => [code, refusal])]).toEqual([
      200,
      [['renewal_refused', 'renewal_not_allowed']],
    ])
  })

  it('takes the secret that an admin has put there by hand', async () => {
    const { site, file, id } = await newJob()
    expect((await night(site, file)).status).toBe(200)
    const { secret } = await site.world.tokens.refresh({ actor: 'admin-1', id, retirePrevious: 'now' })
    expect((await night(site, file)).status).toBe(401)
    await file.write(secret.reveal())
    expect((await night(site, file)).status).toBe(200)
  })
})

describe('a process that goes on', () => {
  it('renews when it is due, asks no more than that, and pauses after failures', async () => {
    const { site, file } = await newJob()
    const { rotating, errors } = newProcess(site, file)
    const first = await rotating.secret()
    for (let i = 0; i < 20; i++) expect(await rotating.secret()).toBe(first)
    expect(site.renewals.count).toBe(1)
    site.world.clock.set(START + 3.5 * DAY)
    site.faults.push('503 before', '503 before')
    for (let i = 0; i < 20; i++) expect(await rotating.secret()).toBe(first)
    expect([site.renewals.count, errors.map(({ code, status }) => [code, status])]).toEqual([
      2,
      [['renewal_failed', 503]],
    ])
    site.world.clock.advance(1_000)
    for (let i = 0; i < 20; i++) await rotating.secret()
    expect(site.renewals.count).toBe(3)
    site.world.clock.advance(1_000)
    expect(await rotating.secret()).not.toBe(first)
    expect((await rotating.fetch(site.api)).status).toBe(200)
  })

  it('renews once for many who ask at the same time', async () => {
    const { site, file } = await newJob()
    site.world.clock.set(START + 4 * DAY)
    const { rotating } = newProcess(site, file)
    const all = await Promise.all(Array.from({ length: 50 }, () => rotating.secret()))
    expect([new Set(all).size, site.renewals.count]).toEqual([1, 1])
  })

  it('uses no new secret before it is kept', async () => {
    const { site, file, secret } = await newJob()
    site.world.clock.set(START + 4 * DAY)
    let writes = 0
    const write = async (text: string) => {
      if (++writes > 1) throw new Error('disk full')
      return file.write(text)
    }
    const { rotating, errors } = newProcess(site, { ...file, write })
    expect(await rotating.secret()).toBe(secret)
    expect(errors.map(({ code }) => code)).toEqual(['write_failed'])
    expect((await rotating.fetch(site.api)).status).toBe(200)
    site.world.clock.advance(HOUR)
    const next = newProcess(site, file)
    expect(await next.rotating.secret()).not.toBe(secret)
    expect((await next.rotating.fetch(site.api)).status).toBe(200)
  })

  it('without a place to renew at reads, and takes what others have renewed', async () => {
    const { site, file, secret } = await newJob()
    const reader = createRotatingSecret({ read: file.read, write: file.write, now: () => site.world.clock.now() })
    expect(await reader.secret()).toBe(secret)
    site.world.clock.set(START + 4 * DAY)
    const { rotating } = newProcess(site, file)
    const newer = await rotating.secret()
    expect(await reader.secret()).toBe(newer)
    expect(site.renewals.count).toBe(1)
  })

  it('sends a request once more where a newer secret was put there meanwhile, but no stream', async () => {
    const { site, file, id } = await newJob()
    const { rotating } = newProcess(site, file)
    await rotating.secret()
    const { secret } = await site.world.tokens.refresh({ actor: 'admin-1', id, retirePrevious: 'now' })
    await file.write(secret.reveal())
    const body = new ReadableStream({ start: (controller) => controller.close() })
    const streamed = await rotating.fetch(site.api, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(streamed.status).toBe(401)
    expect((await rotating.fetch(new Request(site.api))).status).toBe(200)
  })
})

describe('rotating.fetch', () => {
  it('sends no request twice whose body is gone, also where a platform has none of what was read', async () => {
    const { site, file, id } = await newJob()
    const sent: unknown[] = []
    const request = new Request(site.api, { method: 'POST', body: 'x' })
    Object.defineProperty(request, 'body', { get: () => (sent.length > 0 ? null : 'x') })
    const refused = (input: unknown): Promise<Response> => {
      sent.push(input)
      return Promise.resolve(new Response(null, { status: 401 }))
    }
    const rotating = createRotatingSecret({ read: file.read, write: file.write, rereadMs: 86_400_000, fetch: refused })
    await rotating.secret()
    const { secret } = await site.world.tokens.refresh({ actor: 'admin-1', id })
    await file.write(secret.reveal())
    expect((await rotating.fetch(request)).status).toBe(401)
    expect(sent).toEqual([request])
  })

  it('sends the secret nowhere else: a header of its own does not follow where an answer leads', async () => {
    const { site, file, secret } = await newJob()
    const seen: unknown[] = []
    const other = createServer((request, response) => {
      seen.push(request.headers)
      response.end()
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const leading = createServer((_, response) =>
      response.writeHead(302, { Location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` }).end(),
    ).listen(0, '127.0.0.1')
    await once(leading, 'listening')
    ends.push(
      () => other.close(),
      () => leading.close(),
    )
    const url = `http://localhost:${(leading.address() as AddressInfo).port}/`
    expect((await newProcess(site, file).rotating.fetch(url)).status).toBe(302)
    await createRotatingSecret({ read: file.read, write: file.write }).fetch(url)
    expect(seen).toHaveLength(1)
    expect(JSON.stringify(seen)).not.toContain(secret)
  })
})

describe('several processes that share a secret', () => {
  /** A text in memory that is compared before it is written. */
  const compared = (text: string) => {
    let kept = text
    return {
      read: async () => kept,
      async write(next: string, previous: string) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
        if (kept !== previous) return false
        kept = next
        return true
      },
    }
  }
  /** One that is not, with the delays of a network. */
  const plain = (text: string) => {
    let kept = text
    const wait = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
    return {
      async read() {
        await wait()
        return kept
      },
      async write(next: string) {
        await wait()
        kept = next
      },
    }
  }

  it.each([
    ['that is compared', compared],
    ['that is not', plain],
  ])(
    'do not fight over a store %s: no request fails, and nothing looks like misuse that ends the token',
    async (_, newStore) => {
      const site = await newSite({ onSuperseded: 'revoke' })
      ends.push(site.stop)
      const { secret } = await site.world.makeRenewing({ lifetimeDays: 7 })
      const store = newStore(secret)
      const all = Array.from({ length: 4 }, () => newProcess(site, store))
      while ((await renewedIn(site)) < 10) {
        for (let i = 0; i < 3; i++) {
          const answers = await Promise.all(all.map(({ rotating }) => rotating.fetch(site.api)))
          expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
          site.world.clock.advance(2 * MINUTE)
        }
        site.world.clock.advance(8 * HOUR)
      }
      expect(await site.world.log()).not.toContain('revoked')
    },
  )

  it('that is compared, one renewal happens for each that is due', async () => {
    const site = await newSite()
    ends.push(site.stop)
    const { secret } = await site.world.makeRenewing({ lifetimeDays: 7 })
    const store = compared(secret)
    const all = Array.from({ length: 5 }, () => newProcess(site, store))
    site.world.clock.set(START + 4 * DAY)
    const given = await Promise.all(all.map(({ rotating }) => rotating.secret()))
    expect(await renewedIn(site)).toBe(1)
    expect(new Set(given).size).toBeLessThanOrEqual(2)
    site.world.clock.advance(2 * MINUTE)
    expect(new Set(await Promise.all(all.map(({ rotating }) => rotating.secret()))).size).toBe(1)
  })
})

describe('the secret', () => {
  it('stands in nothing that is told, thrown or shown', async () => {
    const { site, file, secret } = await newJob()
    site.world.clock.set(START + 4 * DAY)
    site.faults.push('garbage')
    const { rotating, errors } = newProcess(site, { read: file.read, write: () => Promise.reject(new Error('no')) })
    await rotating.secret()
    const told = [inspect(rotating, { depth: 9 }), inspect(errors, { depth: 9 }), JSON.stringify(rotating), `${errors}`]
    expect(errors.length).toBeGreaterThan(0)
    for (const text of told) expect(text).not.toContain(secret)
  })

  it.each([
    ['nothing', undefined, 'kept_missing'],
    ['an empty text', ' \n', 'kept_missing'],
    ['JSON without it', '{"token":"x"}', 'kept_unreadable'],
    ['two words', 'not a secret', 'kept_unreadable'],
    ['broken JSON', '{"secret":', 'kept_unreadable'],
  ])('is missing where %s is read, and that is said', async (_, text, code) => {
    const rotating = createRotatingSecret({
      read: () => text,
      write: () => undefined,
      url: 'http://127.0.0.1:9/self/refresh',
    })
    const error = await rotating.secret().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(RotatingSecretError)
    expect(error.code).toBe(code)
    expect(inspect(error)).not.toContain(text?.trim() || 'nothing of it')
  })

  it('stands among other fields, which stay', async () => {
    const { site, file, secret } = await newJob()
    await file.write(JSON.stringify({ secret, host: 'api.example.com', v: 7 }))
    site.world.clock.set(START + 4 * DAY)
    const { rotating } = newProcess(site, file)
    const newer = await rotating.secret()
    expect(JSON.parse(await file.read())).toEqual({
      ...{ secret: newer, host: 'api.example.com', v: 7 },
      ...{ renewFrom: START + 7.5 * DAY, expiresAt: START + 11 * DAY },
    })
  })
})

it('tells all mistakes of its options at once', () => {
  const wrong = { read: 1, write: undefined, url: 'ftp://x', header: 'a b', timeoutMs: -1, leaseMs: '7', more: 1 }
  const pathsOf = (options: unknown) => {
    try {
      createRotatingSecret(options as never)
      return []
    } catch (error) {
      expect(error).toBeInstanceOf(SetupError)
      return (error as SetupError).issues.map(({ path }) => path)
    }
  }
  expect(pathsOf(wrong)).toEqual(['read', 'write', 'url', 'header', 'timeoutMs', 'leaseMs', 'more'])
  expect(pathsOf('read')).toEqual(['options', 'read', 'write'])
  expect(pathsOf({ read: () => 'x', write: () => true, header: 7, rereadMs: Number.NaN })).toEqual([
    'header',
    'rereadMs',
  ])
  const right = { read: () => 'x', write: () => true }
  expect(() => createRotatingSecret({ ...right, timeoutMs: 0 })).toThrow('timeoutMs: must be 1 to 86,400,000')
  expect(() => createRotatingSecret({ ...right, leaseMs: 0, rereadMs: 0 })).not.toThrow()
})

describe('where it runs', () => {
  it('is bundled with nothing of the engine but how mistakes of a set-up are told, and no package', async () => {
    const { metafile, outputFiles } = await build({
      stdin: {
        contents: "export { createRotatingSecret } from './src/rotating-secret/index.ts'",
        resolveDir: process.cwd(),
      },
      ...{ bundle: true, minify: true, format: 'esm', metafile: true, write: false, platform: 'neutral' },
    })
    const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? input : [])),
    )
    expect(used.filter((input) => !input.startsWith('src/rotating-secret/')).toSorted()).toEqual([
      ...['errors', 'issue', 'objects', 'plain-options', 'suggest'].map((name) => `src/core/${name}.ts`),
    ])
    expect(Object.keys(metafile.inputs).every((input) => /^(<stdin>$|src\/(core|rotating-secret)\/)/.test(input))).toBe(
      true,
    )
    expect(outputFiles[0]!.contents.length).toBeLessThan(8_192)
  })

  it('renews in a Worker of Cloudflare, by requests that its platform takes', async () => {
    const worker = await startWorkerd(await bundleWorker('test/self-renewal/rotating.worker.ts'))
    ends.push(() => worker.stop())
    expect(await (await fetch(worker.url)).json()).toEqual({ isNew: true, allowed: true, errors: [] })
  })
})
