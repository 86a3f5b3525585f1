/** For a server on Node. */
export default { preset: 'node_server', compatibilityDate: '2026-01-01' }
