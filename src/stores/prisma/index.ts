/** Tokens in the SQL database that the host reaches through Prisma. */
export type { PrismaDatabase, PrismaTransaction } from './client.ts'
export { type PrismaProvider, prismaSchema } from './schema.ts'
export { migrate, type PrismaStoreOptions, type PrismaTableOptions, prismaStore } from './store.ts'
