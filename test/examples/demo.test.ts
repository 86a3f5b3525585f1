/** The demo: what it prints as a program, that it fails when an answer is wrong, and that `--serve` serves and stops. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Issued, PlanTokens, TokenInput } from 'plan-access-tokens'
import { testClock } from 'plan-access-tokens/testing'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTokens } from '../../examples/demo/engine.ts'
import { createOrganization, type Organization, PLAN } from '../../examples/demo/organization.ts'
import { createPrinter, wantsColor } from '../../examples/demo/print.ts'
import { openStage } from '../../examples/demo/story/stage.ts'
import { tell } from '../../examples/demo/story/story.ts'
import { commandOf } from './program.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const SECRET = /\b(?:figpat|acmenpm)_[0-9A-Za-z]{38}\b/g
const CODES = [
  'token_missing',
  'request_malformed',
  'token_malformed',
  'token_unknown',
  'token_revoked',
  'token_expired',
  'secret_retired',
  'token_wrong_type',
  'plan_not_eligible',
  'endpoint_unknown',
  'endpoint_not_supported',
  'scope_missing',
  'resource_not_in_plan',
  'resource_not_allowed',
  'unavailable',
]

interface Run {
  readonly child: ChildProcess
  /** What was printed so far. */
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<number | null>
}

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

/** What Node is told to run the demo. */
let command: readonly string[] = []
beforeAll(async () => {
  const { args, remove } = await commandOf('demo/main.ts')
  command = args
  return remove
})

/** Starts the demo as `npm run demo` does. */
function start(...args: readonly string[]): Run {
  const env = { ...process.env, FORCE_COLOR: '1' }
  const child = spawn(process.execPath, [...command, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  return { child, out: () => out, err: () => err, ended: once(child, 'close').then(([code]) => code as number | null) }
}

/** What is wrong with the engine or the organization of a story. */
interface Spoil {
  readonly tokens?: (tokens: PlanTokens) => PlanTokens
  readonly organization?: (organization: Organization) => Organization
}

/** Tells the story in this process. */
async function tellWith(
  spoil: Spoil,
): Promise<{ readonly text: string; readonly status: number; readonly complaints: readonly string[] }> {
  const clock = testClock('2026-03-02T09:00:00Z')
  const made = createOrganization()
  const organization = spoil.organization?.(made) ?? made
  const engine = createTokens(organization.directory, { clock })
  const tokens = spoil.tokens?.(engine) ?? engine
  let text = ''
  const print = createPrinter((more) => {
    text += more
  }, false)
  const complaints: string[] = []
  const status = await tell(await openStage({ tokens, organization, clock, print }), (line) => complaints.push(line))
  return { text, status, complaints }
}

it('npm run demo -- --npm publishes and installs with the real npm, and is refused what it may not', async () => {
  const run = start('--npm')
  expect([await run.ended, run.err()]).toEqual([0, ''])
  const steps = [...run.out().matchAll(/^ {3}(\d) +(\w+) +(npm .*?) {2,}(\w+)$/gm)].map(([, ...parts]) =>
    parts.join(' '),
  )
  expect(steps).toEqual([
    '1 button npm publish done',
    '2 button npm dist-tag ls @acme/button done',
    '3 app npm install done',
    '4 secret npm publish refused',
    '5 app npm view @acme/button version --prefer-online refused',
  ])
  expect(run.out()).toContain('npm did what the token says')
  expect(run.out()).not.toMatch(/\bnpm_[0-9A-Za-z]{5}/)
})

describe('npm run demo', () => {
  let out = ''
  let err = ''
  let code: number | null = null
  beforeAll(async () => {
    const run = start()
    code = await run.ended
    out = run.out()
    err = run.err()
  }, 60_000)

  it('ends well, with a summary that counts the answers and a hint at what to try next', () => {
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/^\d\d answers, all as the page says$/m)
    expect(out).toContain('npm run demo -- --serve')
    expect(Number(/^(\d+) answers/m.exec(out)?.[1])).toBe([...out.matchAll(/^ {2,3}\d+ {2}\S/gm)].length)
  })

  it.each(CODES)('shows a request that is refused with %s', (refusal) => {
    expect(out).toMatch(new RegExp(`^ +\\d+  .* ((GET|POST|DELETE) /\\S*)( \\(registry\\))? +\\d{3} ${refusal}$`, 'm'))
  })

  it('tells the page in its order', () => {
    const titles = [...out.matchAll(/^(\S.*)\n─+$/gm)].map(([, title]) => title)
    expect(titles).toEqual([
      'The life of a plan access token',
      'Supported endpoints',
      'Create a plan access token',
      'Use it: what the four links and three scopes open',
      'Use it: what is refused, and what the refusal is called',
      'Use it: when the plan changes, or something fails',
      'The other tab: npm registry',
      'Edit a plan access token',
      'Refresh a plan access token',
      'Revoke a plan access token',
      'When a secret has leaked',
      'The audit log',
    ])
  })

  it('shows the misspelt scope and the mistyped link with what is wrong with them', () => {
    expect(out).toMatch(/^ +scopes\[0\] .*"file_content:read"/m)
    expect(out).toMatch(/^ +https:\S+porject\/123,\n +\^+ link_unknown_shape$/m)
    expect(out).toMatch(/^ +resources\[1\] +\S/m)
  })

  it('prints no secret twice', () => {
    const secrets = out.match(SECRET) ?? []
    expect(secrets).toHaveLength(2)
    expect(new Set(secrets).size).toBe(2)
  })

  it('is plain text of at most 100 columns where nobody looks on a terminal', () => {
    expect(out).not.toContain('\u001b')
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })
})

describe('the story', () => {
  it('prints no secret that was issued but in a box of its own, and elsewhere four characters of it', async () => {
    const issued: string[] = []
    const noted = (result: Issued): Issued => {
      issued.push(result.secret.reveal())
      return result
    }
    const { text, status } = await tellWith({
      tokens: (tokens) => ({
        ...tokens,
        create: (input) => tokens.create(input).then(noted),
        refresh: (input) => tokens.refresh(input).then(noted),
      }),
    })
    expect(status).toBe(0)
    expect(issued).toHaveLength(7)
    const boxed = issued.filter((secret) => text.includes(`│ ${secret} `))
    expect(boxed).toHaveLength(2)
    for (const secret of issued) {
      const fiveCharacters = secret.slice(0, secret.indexOf('_') + 6)
      expect(text.split(fiveCharacters)).toHaveLength(boxed.includes(secret) ? 2 : 1)
    }
  })

  const wrong: readonly (readonly [what: string, spoil: Spoil, step: RegExp])[] = [
    [
      'revoke() that revokes nothing',
      {
        tokens: (tokens) => ({
          ...tokens,
          revoke: ((input: TokenInput) => tokens.get(input)) as typeof tokens.revoke,
        }),
      },
      /^Step \d+ \(ada: revoke\): status: expected "revoked", got "active"/,
    ],
    [
      'revoke() whose promise comes too early',
      { tokens: lateToRevoke },
      /^Step \d+ \(nightly new: GET \/v1\/files\/ABCDEFG123\): expected 401 token_revoked, got 200 allowed\.$/,
    ],
    [
      'a preview that is off by a millisecond',
      {
        tokens: (tokens) => ({
          ...tokens,
          previewRefresh: async (input) => {
            const dates = await tokens.previewRefresh(input)
            return { ...dates, expiresAt: dates.expiresAt + 1 }
          },
        }),
      },
      /^Step \d+ \(ada: previewRefresh\): expiresAt: expected \d+, got \d+\.$/,
    ],
    [
      'a management call that fails where it must not',
      { tokens: (tokens) => ({ ...tokens, edit: () => tokens.edit({ actor: 'ada', id: '' }) }) },
      /^Step \d+ \(ada: edit scopes.*\): expected done, got 400 invalid_input; id: /,
    ],
    [
      'an audit log that misses its last line',
      {
        tokens: (tokens) => ({
          ...tokens,
          events: async (input) => ({ events: (await tokens.events(input)).events.slice(0, -1) }),
        }),
      },
      /^Step \d+ \(the audit log\): expected /,
    ],
    [
      'a directory that puts every file into the plan',
      {
        organization: ({ directory, failOnce }) => ({
          failOnce,
          directory: { ...directory, locate: (ref) => directory.locate(ref) ?? { planId: PLAN, ancestors: [] } },
        }),
      },
      /^Step \d+ \(nightly: GET \/v1\/files\/NOSUCHFILE\): expected 403 resource_not_in_plan, got 403 resource_not_allowed\.$/,
    ],
    [
      'a server that repeats the secret',
      { tokens: talkative },
      /^Step \d+ \(inventory: GET \/v1\/files\/ABCDEFG123\): the answer repeats the secret\.$/,
    ],
  ]
  it.each(wrong)('ends with exit status 1 and names the step that meets %s', async (_, spoil, step) => {
    const { status, complaints, text } = await tellWith(spoil)
    expect(status).toBe(1)
    expect(complaints).toEqual([expect.stringMatching(step)])
    expect(text).not.toContain('all as the page says')
  })
})

/** An engine that goes on allowing what it once allowed, for requests alone. */
function lateToRevoke(tokens: PlanTokens): PlanTokens {
  let allowed: Awaited<ReturnType<PlanTokens['authorize']>> | undefined
  return {
    ...tokens,
    async authorize(request, options) {
      const decision = await tokens.authorize(request, options)
      if (decision.allowed) allowed = decision
      return !decision.allowed && decision.code === 'token_revoked' && allowed ? allowed : decision
    },
  }
}

function talkative(tokens: PlanTokens): PlanTokens {
  return {
    ...tokens,
    async authorize(request, options) {
      const decision = await tokens.authorize(request, options)
      if (!decision.allowed) return decision
      const secret = (request as { headers: Record<string, string> }).headers['x-figma-token'] ?? ''
      return { ...decision, headers: { ...decision.headers, 'X-Debug': secret } }
    },
  }
}

describe('npm run demo -- --serve', () => {
  it('answers each curl line as it says, logs its decisions, and stops at SIGTERM', async () => {
    const { child, out, err, ended } = start('--serve')
    await expect.poll(out, { timeout: 30_000 }).toContain('Decisions')
    const secrets = new Map([...out().matchAll(/^ +export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]))
    expect([...secrets.keys()]).toEqual(['TOKEN', 'REVOKED'])

    const lines = [...out().matchAll(/^ +# (\d{3})(?: (\w+))?.*\n +curl -i (?:-H "([\w-]+): ([^"]*)" )?(http:\S+)$/gm)]
    expect(lines.length).toBeGreaterThanOrEqual(8)
    expect(lines).toHaveLength(out().match(/curl/g)?.length ?? 0)
    for (const [, status, code, header, value = '', url = ''] of lines) {
      const sent = value.replace(/\$(\w+)/, (_, name: string) => secrets.get(name) ?? '')
      const response = await fetch(url, { headers: header ? { [header]: sent } : {} })
      const body = (await response.json()) as { readonly code?: string }
      expect([response.status, body.code]).toEqual([Number(status), code])
    }
    await expect.poll(out).toMatch(/^ +[\d:]+ {2}403 resource_not_allowed +GET \/v1\/files\/\{file_key\}$/m)
    expect(new Set(out().match(SECRET)).size).toBe(out().match(SECRET)?.length)

    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(out()).toMatch(/Stopped\.\n$/)
    expect(err()).toBe('')
    await expect(fetch(lines[0]?.[5] ?? '')).rejects.toThrow()
  }, 60_000)
})

describe('the flags', () => {
  it.each([['--sreve'], ['--break'], ['serve'], ['--serve', '--port=80']])(
    'refuse %s with a line that names it, and exit status 2',
    async (...args) => {
      const { ended, out, err } = start(...args)
      expect(await ended).toBe(2)
      expect(err()).toContain(`There is no such flag: ${args.at(-1)}`)
      expect(err()).toContain('npm run demo -- --serve')
      expect(out()).toBe('')
    },
    60_000,
  )
})

describe('colour', () => {
  it('is for terminals whose owner has not asked for none', () => {
    expect(wantsColor({ isTTY: true }, {})).toBe(true)
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '' })).toBe(true)
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '1' })).toBe(false)
    expect(wantsColor({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
    expect(wantsColor({ isTTY: undefined }, {})).toBe(false)
  })

  it('changes nothing but colours', () => {
    const plain: string[] = []
    const colored: string[] = []
    for (const print of [
      createPrinter((text) => plain.push(text), false),
      createPrinter((text) => colored.push(text), true),
    ]) {
      print.title('Title')
      print.step({ number: 1, who: 'ada', what: 'GET /', outcome: '401 token_missing', tone: 'refused' })
      print.why('Why')
      print.table([['1', 'one']], { head: ['n', 'name'] })
      print.box(['box'])
      print.summary('Done', 'passed')
    }
    expect(colored.join('')).toContain('\u001b[33m401 token_missing\u001b[39m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
    expect(colored.join('').replace(/\u001b\[\d+m/g, '')).toBe(plain.join(''))
  })
})
