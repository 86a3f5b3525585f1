/** Databases under `prismaStore`, each real, with a client that Prisma's own generator made, and how a host writes to them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { migrate, type PrismaDatabase, type PrismaTransaction, prismaStore } from 'plan-access-tokens/stores/prisma'
import type { MariadbServer } from '../../support/mariadb.ts'
import { ormsImport, ormsProject, ormsRun } from '../../support/orms.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { OUTBOX } from '../alongside/suite.ts'
import type { World } from '../clients/suite.ts'

interface Outbox {
  create(input: { readonly data: { readonly seq: number; readonly tokenId: string } }): PromiseLike<unknown>
}
/** What the generator makes of the schema below. */
interface Transaction extends PrismaTransaction {
  readonly outbox: Outbox
}
interface PrismaClient extends Transaction, PrismaDatabase<Transaction> {
  $disconnect(): Promise<void>
  $extends(extension: object): PrismaClient
}

type Provider = 'postgresql' | 'mysql' | 'sqlite'

const schemaOf = (provider: Provider): string => `datasource db {
  provider = "${provider}"
}
generator client {
  provider = "prisma-client-js"
  output   = "./client"
}
model Outbox {
  seq     BigInt @id
  tokenId String @map("token_id")
  @@map("outbox")
}
`

/** Runs the real generator, and gives the class that it made. */
async function generated(provider: Provider): Promise<{
  readonly PrismaClient: new (options: object) => PrismaClient
  remove(): void
}> {
  const { folder, remove } = ormsProject({ 'schema.prisma': schemaOf(provider) })
  const { code, text } = await ormsRun('prisma/build/index.js', ['generate', '--schema', 'schema.prisma'], folder)
  if (code !== 0) throw new Error(text)
  return { ...createRequire(join(folder, 'x.js'))('./client/index.js'), remove }
}

type Adapters = { readonly [name: string]: new (...args: never[]) => object }

/** @prisma/adapter-pg. */
export async function overPg(server: PostgresServer) {
  const config = await server.database()
  const { PrismaClient, remove } = await generated('postgresql')
  const { PrismaPg } = await ormsImport<Adapters>('@prisma/adapter-pg')
  const Adapter = PrismaPg as new (config: object) => object
  const [prisma, another] = [1, 2].map(() => new PrismaClient({ adapter: new Adapter({ ...config, max: 4 }) })) as [
    PrismaClient,
    PrismaClient,
  ]
  const pool = new pg.Pool({ ...config, max: 2 })
  pool.on('error', () => undefined)
  await migrate(prisma)
  await pool.query(OUTBOX)
  let count = 0
  const world: World<Transaction> = {
    dialect: 'postgres',
    // Others read than write.
    plain: () => prismaStore(count++ % 2 === 0 ? prisma : another),
    store: (options) => prismaStore(count++ % 2 === 0 ? prisma : another, options),
    insert: (tx, seq, tokenId) => tx.outbox.create({ data: { seq, tokenId } }),
    async rows() {
      const { rows } = await pool.query('select seq, token_id from outbox')
      return rows.map(({ seq, token_id }) => ({ seq: Number(seq), tokenId: token_id }))
    },
    async lock(seq) {
      const client = await pool.connect()
      await client.query('begin')
      await client.query('update outbox set token_id = token_id where seq = $1', [seq])
      return async () => {
        await client.query('rollback')
        client.release()
      }
    },
    migrate: () => migrate(prisma),
    exec: (statement) => pool.query(statement),
    async close() {
      await prisma.$disconnect()
      await another.$disconnect()
      await pool.end()
      remove()
    },
  }
  return { ...world, prisma, config }
}

/** @prisma/adapter-mariadb. */
export async function overMariadb(server: MariadbServer) {
  const config = await server.database()
  const { PrismaClient, remove } = await generated('mysql')
  const { PrismaMariaDb } = await ormsImport<Adapters>('@prisma/adapter-mariadb')
  const Adapter = PrismaMariaDb as new (config: object) => object
  const [prisma, another] = [1, 2].map(
    () => new PrismaClient({ adapter: new Adapter({ ...config, connectionLimit: 4 }) }),
  ) as [PrismaClient, PrismaClient]
  const pool = mysql.createPool({ ...config, connectionLimit: 2 })
  await migrate(prisma)
  await pool.query(OUTBOX)
  let count = 0
  const world: World<Transaction> = {
    dialect: 'mysql',
    plain: () => prismaStore(count++ % 2 === 0 ? prisma : another),
    store: (options) => prismaStore(count++ % 2 === 0 ? prisma : another, options),
    insert: (tx, seq, tokenId) => tx.outbox.create({ data: { seq, tokenId } }),
    async rows() {
      const [rows] = await pool.query('select seq, token_id from outbox')
      return (rows as { seq: unknown; token_id: string }[]).map(({ seq, token_id }) => ({
        seq: Number(seq),
        tokenId: token_id,
      }))
    },
    async lock(seq) {
      const connection = await pool.getConnection()
      await connection.query('begin')
      await connection.query('select seq from outbox where seq = ? for update', [seq])
      return async () => {
        await connection.query('rollback')
        connection.release()
      }
    },
    migrate: () => migrate(prisma),
    exec: (statement) => pool.query(statement),
    async close() {
      await prisma.$disconnect()
      await another.$disconnect()
      await pool.end()
      remove()
    },
  }
  return { ...world, prisma, config }
}

/** @prisma/adapter-libsql, over a file. */
export async function overLibsql() {
  const folder = mkdtempSync(join(tmpdir(), 'plan-tokens-prisma-'))
  const file = join(folder, 'tokens.db')
  const { PrismaClient, remove } = await generated('sqlite')
  const { PrismaLibSql } = await ormsImport<Adapters>('@prisma/adapter-libsql')
  const Adapter = PrismaLibSql as new (config: object) => object
  const prisma = new PrismaClient({ adapter: new Adapter({ url: `file:${file}` }) })
  await prisma.$queryRawUnsafe('pragma journal_mode = wal')
  await migrate(prisma)
  await prisma.$executeRawUnsafe(OUTBOX)
  const world: World<Transaction> = {
    dialect: 'sqlite',
    plain: () => prismaStore(prisma),
    store: (options) => prismaStore(prisma, options),
    insert: (tx, seq, tokenId) => tx.outbox.create({ data: { seq, tokenId } }),
    async rows() {
      const rows = (await prisma.$queryRawUnsafe('select seq, token_id from outbox')) as {
        seq: unknown
        token_id: string
      }[]
      return rows.map(({ seq, token_id }) => ({ seq: Number(seq), tokenId: token_id }))
    },
    migrate: () => migrate(prisma),
    exec: async (statement) => prisma.$executeRawUnsafe(statement),
    async close() {
      await prisma.$disconnect()
      remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return { ...world, prisma, file }
}
