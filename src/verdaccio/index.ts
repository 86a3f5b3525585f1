/** `plan-access-tokens/verdaccio`: a plugin for verdaccio 6. */
// biome-ignore lint/style/noDefaultExport: verdaccio looks for the default export of a plugin.
export { verdaccioPlugin as default } from './plugin.ts'
export type {
  VerdaccioAnswer,
  VerdaccioContext,
  VerdaccioHelpers,
  VerdaccioLogger,
  VerdaccioMiddleware,
  VerdaccioOptions,
  VerdaccioPackage,
  VerdaccioPlugin,
  VerdaccioRequest,
  VerdaccioUser,
} from './types.ts'
