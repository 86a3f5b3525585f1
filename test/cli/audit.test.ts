/** `verify`, `checkpoint`, `export`, `revoke --receipt` and `receipt`, as processes over a real SQLite file that somebody else writes too. */
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import Libsql from 'libsql'
import { expect, it } from 'vitest'
import { CREATE, migrated } from './project.ts'

it('a log is signed, verified, exported and verified again, and whoever changes it is found', async () => {
  const { run, write, folder } = await migrated()
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  write('private.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  write('public.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString())
  write(
    'other.json',
    JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })),
  )
  expect(await run(['verify'])).toMatchObject({ code: 0, stdout: expect.stringContaining('No events.') })
  expect((await run(['checkpoint', '--key', 'private.pem'])).code).toBe(5)

  const { token } = JSON.parse((await run([...CREATE, '--json'])).stdout) as { token: { id: string } }
  await run(['edit', token.id, '--name', 'Weekly'])
  const revoked = await run(['revoke', token.id, '--yes', '--receipt', '--json'])
  expect(JSON.parse(revoked.stdout)).toMatchObject({ token: { status: 'revoked' }, receipt: { seq: 3, boundMs: 0 } })
  const again = await run(['revoke', token.id, '--yes', '--receipt'])
  expect(again.stdout).toMatch(/event +3\n[\s\S]*not accepted since +\d{4}-/)
  expect((await run(['revoke', '--plan', 'acme', '--receipt'])).code).toBe(2)

  const signed = await run(['checkpoint', '--key', 'private.pem'])
  expect(signed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) })
  write('checkpoints.txt', `${signed.stdout}\n`)
  const proof = ['--checkpoints', 'checkpoints.txt', '--key', 'public.pem']
  const good = await run(['verify', ...proof])
  expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was touched') })
  expect(good.stdout).toContain('3 events, from 1 to 3.')
  expect(JSON.parse((await run(['verify', ...proof, '--json'])).stdout)).toMatchObject({
    ok: true,
    checkpoints: { good: 1 },
  })
  const foreign = await run(['verify', '--checkpoints', 'checkpoints.txt', '--key', 'other.json'])
  expect(foreign).toMatchObject({ code: 1, stdout: expect.stringContaining('checkpoint_refused') })
  expect((await run(['verify', '--checkpoints', 'checkpoints.txt'])).code).toBe(2)
  expect(await run(['verify', '--checkpoints', 'checkpoints.txt', '--key', 'private.pem'])).toMatchObject({ code: 2 })

  write('none.txt', '\n')
  expect((await run(['verify', '--checkpoints', 'none.txt', '--key', 'public.pem'])).code).toBe(2)

  const csv = await run(['export', '--plan', 'acme', '--format', 'csv'])
  expect(csv).toMatchObject({ code: 0, stdout: expect.stringMatching(/^seq,at,[^\n]*\r\n1,\d{4}-/) })
  const { stdout } = await run(['export', '--plan', 'acme'])
  expect(stdout.trim().split('\n')).toHaveLength(3)
  expect((await run(['export', '--plan', 'acme', '--after', '2'])).stdout).toBe(`${stdout.trim().split('\n')[2]}\n`)
  // It is the only plan, so that its log is the whole one.
  write('log.ndjson', stdout)
  expect((await run(['verify', '--file', 'log.ndjson', ...proof])).code).toBe(0)
  write('log.ndjson', stdout.replace('Weekly', 'Daily'))
  expect(await run(['verify', '--file', 'log.ndjson', ...proof])).toMatchObject({
    ...{ code: 1, stdout: expect.stringContaining('changed: Event 2') },
  })
  expect((await run(['verify', '--file', 'nowhere.ndjson'])).code).toBe(6)

  const database = new Libsql(join(folder, 'tokens.db'))
  database.exec('delete from plan_token_events where seq = 3')
  database.close()
  expect((await run(['verify'])).code).toBe(0)
  const cut = await run(['verify', ...proof])
  expect(cut).toMatchObject({ code: 1, stdout: expect.stringContaining('truncated: Event 3') })
  expect(cut.stderr).toContain('The log was touched')
})

it('a receipt is signed with a key, and told by whoever has the other one', async () => {
  const { run, write } = await migrated()
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  write('private.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  write('public.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString())
  write('other.json', JSON.stringify(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })))
  const { token } = JSON.parse((await run([...CREATE, '--json'])).stdout) as { token: { id: string } }
  const ended = ['revoke', token.id, '--yes']

  // A wrong command line ends nothing.
  expect((await run([...ended, '--key', 'private.pem'])).code).toBe(2)
  expect((await run([...ended, '--receipt', '--issuer', 'https://api.example'])).code).toBe(2)
  expect((await run([...ended, '--receipt', '--key', 'public.pem'])).code).toBe(2)
  expect((await run([...ended, '--receipt', '--key', 'nowhere.pem'])).code).toBe(6)
  expect(JSON.parse((await run(['show', token.id, '--json'])).stdout)).toMatchObject({ status: 'active' })

  const signing = ['--receipt', '--key', 'private.pem', '--issuer', 'https://api.example']
  const signed = await run([...ended, ...signing])
  expect(signed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) })
  write('receipt.txt', signed.stdout)
  const proved = ['receipt', 'receipt.txt', '--key', 'other.json', '--key', 'public.pem']
  const good = await run(proved)
  expect(good.code).toBe(0)
  expect(good.stdout).toMatch(/issuer +https:\/\/api\.example\n/)
  expect(good.stdout).toContain(token.id)
  const { receipt, signed: again } = JSON.parse((await run([...ended, ...signing, '--json'])).stdout)
  expect(JSON.parse((await run(['receipt', '--key', 'public.pem', '--json'], { input: again })).stdout)).toEqual({
    ...{ ok: true, receipt, issuer: 'https://api.example' },
  })

  for (const [command, code] of [
    [['receipt', 'receipt.txt', '--key', 'other.json'], 'receipt_unproved'],
    [[...proved, '--issuer', 'https://other.example'], 'receipt_other_issuer'],
    [['receipt', 'public.pem', '--key', 'public.pem'], 'receipt_unreadable'],
  ] as const) {
    const refused = await run([...command, '--json'])
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(code) })
    expect(JSON.parse(refused.stdout)).toEqual({ ok: false, code: code.slice('receipt_'.length) })
  }
  expect((await run(['receipt', 'receipt.txt'])).code).toBe(2)
})
