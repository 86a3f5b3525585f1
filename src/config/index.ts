/** `plan-access-tokens/config`: the configuration of the command line. The command line: src/cli, which no host imports. */
export {
  type AdminApiConfig,
  type Config,
  type ConfiguredEngine,
  defineConfig,
  type EngineConfig,
  type GatewayConfig,
  type StoreConfig,
} from './config.ts'
