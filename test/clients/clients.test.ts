/** Clients that know nothing of this library, unchanged and over real sockets, against a server that answers like Figma's. */
import { spawnSync } from 'node:child_process'
import { globalAgent } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Calls, CLIENTS, type Refusal } from './clients.ts'
import { FILE, FILES, type FigmaServer, PROJECTS, startFigma } from './figma.ts'

/** `--fail-with-body` came with curl 7.76. */
const hasCurl = spawnSync('curl', ['--fail-with-body', '--version']).status === 0

let server: FigmaServer
beforeAll(async () => {
  server = await startFigma()
})
afterAll(async () => {
  delete globalAgent.options.ca
  await server.close()
})

const refused = (status: number, err: string): Refusal => ({ status, body: { status, err, message: err } })

const needs = (name: string): boolean => name === 'curl' && !hasCurl
const title = (name: string): string => (name === 'curl' ? 'curl (skipped without it: apt-get install -y curl)' : name)

for (const { name, connect, refusalOf } of CLIENTS) {
  describe.skipIf(needs(name))(title(name), () => {
    let calls: Calls
    let revoke: () => Promise<unknown>
    let secret: string
    beforeAll(async () => {
      const issued = await server.issue()
      ;({ revoke, secret } = issued)
      calls = connect(server, secret)
    })

    /** What a call that has to fail fails with, and that the handler has not run. */
    const refusal = async (call: (client: Calls) => Promise<unknown>, client = calls): Promise<Refusal> => {
      const before = server.handled()
      const error = await call(client).then(
        () => expect.unreachable('The call was let through.'),
        (reason: unknown) => reason,
      )
      expect(server.handled()).toBe(before)
      return (await refusalOf(error)) ?? expect.unreachable(`${error} is no error of this client.`)
    }

    it('reads what its token reaches', async () => {
      expect(await calls.file('LANDING')).toEqual(FILE)
      expect(await calls.projects('456')).toEqual(PROJECTS)
      expect(await calls.files('123')).toEqual(FILES)
    })

    it('is told which scope it misses, in its own error', async () => {
      const err = 'Invalid scope. This endpoint requires the file_comments:read or files:read scope'
      expect(await refusal(({ comments }) => comments('LANDING'))).toEqual(refused(403, err))
    })

    it('is told of a file that it may not read, and not whether another plan has one', async () => {
      expect(await refusal(({ file }) => file('ROADMAP'))).toEqual(
        refused(403, 'This token has no access to this resource'),
      )
      expect(await refusal(({ file }) => file('GLOBEX'))).toEqual(refused(404, 'Not found'))
    })

    it('is told that a token is wrong, and that it was revoked', async () => {
      expect(await refusal(({ file }) => file('LANDING'), connect(server, `${secret}x`))).toEqual(
        refused(403, 'Invalid token'),
      )
      await revoke()
      expect(await refusal(({ file }) => file('LANDING'))).toEqual(refused(403, 'Invalid token'))
    })
  })
}
