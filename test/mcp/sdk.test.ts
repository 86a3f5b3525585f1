/** Servers and clients of the official SDK with the guard between them, in each way in which the SDK serves Streamable HTTP. */
import { describe, expect, it } from 'vitest'
import { type Any, connect, isInstalled, KINDS, NAME, type Run, serve } from './sdk.ts'
import { world } from './world.ts'

describe.skipIf(!isInstalled)(NAME, () => {
  describe.each(KINDS)('$name', (kind) => {
    const start = async (onRun: (run: Run, extra: Any) => unknown = () => undefined) => {
      const w = world({ resource: 'https://mcp.example/mcp' })
      const runs: Run[] = []
      const handler = kind.handler({
        onRun: (run, extra) => {
          runs.push(run)
          return onRun(run, extra)
        },
      })
      return { ...w, runs, port: await serve(w.guard, handler) }
    }
    const namesOf = async (client: { listTools(): Promise<{ tools: { name: string }[] }> }) =>
      (await client.listTools()).tools.map(({ name }) => name)

    it('runs the tools that a token may call, on the resources that it may reach', async () => {
      const { port, make, runs } = await start()
      const { id, secret } = await make(['files:read'], ['ABC'])
      const client = await connect(kind, port, secret)
      const { content } = await client.callTool({ name: 'read_file', arguments: { file: 'ABC' } })
      expect(content).toEqual([{ type: 'text', text: 'ran read_file' }])
      expect(runs).toMatchObject([
        {
          ...{ tool: 'read_file', args: { file: 'ABC' } },
          auth: {
            token: id,
            clientId: 'p1',
            scopes: ['files:read'],
            extra: { planToken: { params: { file_key: 'ABC' } } },
          },
        },
      ])
      for (const file of ['DEF', 'XYZ', 'NONE', '../ABC', 'all', '', 'A/B'])
        await expect(client.callTool({ name: 'read_file', arguments: { file } }), file).rejects.toThrow()
      for (const name of ['make_files', 'wipe', 'secret_tool', 'nothing', '__proto__'])
        await expect(client.callTool({ name, arguments: { files: [{ key: 'ABC' }] } }), name).rejects.toThrow()
      expect(runs).toHaveLength(1)
      await client.callTool({ name: 'whoami' })
      expect(runs).toHaveLength(2)
    })

    it('reads resources of a body from the arguments', async () => {
      const { port, make, runs } = await start()
      const { secret } = await make(['files:write'], ['ABC'])
      const client = await connect(kind, port, secret)
      await client.callTool({ name: 'make_files', arguments: { files: [{ key: 'ABC' }] } })
      for (const files of [[{ key: 'ABC' }, { key: 'DEF' }], [], [{ key: ['ABC'] }], 'ABC'])
        await expect(client.callTool({ name: 'make_files', arguments: { files } })).rejects.toThrow()
      await expect(client.callTool({ name: 'make_files' })).rejects.toThrow()
      expect(runs.map(({ args }) => args)).toEqual([{ files: [{ key: 'ABC' }] }])
    })

    it('shows only the tools that a token can call', async () => {
      const { port, make } = await start()
      const shown = async (...given: Parameters<typeof make>) =>
        namesOf(await connect(kind, port, (await make(...given)).secret))
      expect(await shown(['files:read'])).toEqual(['read_file', 'whoami'])
      expect(await shown(['files:write', 'files:read'])).toEqual(['read_file', 'make_files', 'whoami'])
      expect(await shown(['admin'])).toEqual(['wipe', 'whoami'])
      expect(await shown(['admin'], ['ABC'])).toEqual(['whoami'])
    })

    it('ends a session when its token is revoked', async () => {
      const { port, make, revoke, runs } = await start()
      const { id, secret } = await make(['files:read'])
      const client = await connect(kind, port, secret)
      await client.callTool({ name: 'read_file', arguments: { file: 'ABC' } })
      await revoke(id)
      await expect(client.callTool({ name: 'read_file', arguments: { file: 'ABC' } })).rejects.toThrow()
      await expect(client.listTools()).rejects.toThrow()
      expect(runs).toHaveLength(1)
      await expect(connect(kind, port, secret)).rejects.toThrow()
    })

    it('lets nobody in without a token, or with one that is none', async () => {
      const { port } = await start()
      for (const secret of ['', 'agent_nonsense', 'other'])
        await expect(connect(kind, port, secret), secret).rejects.toThrow()
    })

    it('sends progress and the answer of a long call while the token lives, and nothing once it is revoked', async () => {
      let revokeNow = async (): Promise<void> => undefined
      const { port, make, revoke } = await start(async ({ args }, extra) => {
        const { sendNotification, _meta, mcpReq } = extra as Any
        const notify: (message: object) => Promise<void> = sendNotification ?? mcpReq.notify
        const { progressToken } = _meta ?? mcpReq._meta
        const tell = (progress: number) =>
          notify({ method: 'notifications/progress', params: { progressToken, progress } })
        await tell(1)
        await new Promise((resolve) => setTimeout(resolve, 50))
        if (args.file === 'DEF') await revokeNow()
        await tell(2)
        return 'the secret answer'
      })
      const { id, secret } = await make(['files:read'])
      const client = await connect(kind, port, secret)
      const seen: number[] = []
      const onprogress = ({ progress }: { progress: number }) => void seen.push(progress)
      const call = (file: string) =>
        kind.client === 1
          ? client.callTool({ name: 'read_file', arguments: { file } }, undefined, { onprogress, timeout: 1_500 })
          : client.callTool({ name: 'read_file', arguments: { file } }, { onprogress, timeout: 1_500 })
      expect((await call('ABC')).content[0].text).toBe('the secret answer')
      const isJson = kind.name.includes('JSON')
      expect(seen).toEqual(isJson ? [] : [1, 2])
      if (isJson) return
      seen.length = 0
      revokeNow = async () => void (await revoke(id))
      await expect(call('DEF')).rejects.toThrow()
      expect(seen).toEqual([1])
    })
  })
})
