/** What commands run in: the options that all of them have, the configuration and its source of tokens, and the end of both. */
import type { AdminApiConfig, Config } from '../config/config.ts'
import { CliError } from './exit.ts'
import { createIo, type Io } from './io.ts'
import { loadConfig } from './load-config.ts'
import { isOfApi, type Source, sourceOf } from './source.ts'

/** The options that every command has. */
export interface CommonOptions {
  readonly config?: string
  readonly json?: boolean
  readonly color?: boolean
  readonly actor?: string
}

/** What a command gets. */
export interface Session {
  readonly io: Io
  /** Loads the configuration, once. @param file instead of the one that `--config` names. */
  config(file?: string): Promise<Config>
  /** Opens the source of tokens, once. */
  source(): Promise<Source>
}

/** Runs a command in a session, and closes what its configuration has opened. */
export async function inSession(options: CommonOptions, run: (session: Session) => Promise<void>): Promise<void> {
  const io = createIo({ json: options.json === true, color: options.color !== false })
  let config: Promise<Config> | undefined
  let source: Promise<Source> | undefined
  const session: Session = {
    io,
    config: (file = options.config) => (config ??= loadConfig(file)),
    source: () => (source ??= session.config().then((loaded) => sourceOf(loaded, options.actor))),
  }
  try {
    await run(session)
  } finally {
    const opened = await source?.catch(() => undefined)
    await opened?.close?.()
    if (config) await close(io, await config.catch(() => undefined))
  }
}

async function close(io: Io, config: Config | undefined): Promise<void> {
  try {
    if (config && 'close' in config) await config.close?.()
  } catch {
    io.warn('close() of the configuration failed.')
  }
}

type StoredConfig = Exclude<Config, AdminApiConfig>

/** The configuration of a project that has a store, for what no API can do. */
export function withStore(config: Config, what: string): StoredConfig {
  if (!isOfApi(config)) return config
  throw new CliError('usage', 'needs_store', `${what} needs the store: the configuration names an admin API.`)
}
