/**
 * Loaded before a program of somebody else's (`node --require`): leads its connections to `api.figma.com:443` to the loopback,
 * at TCP alone, so that the program still checks the certificate of that name. Any other host but the loopback is refused.
 */
const { Socket } = require('node:net')

const { connect } = Socket.prototype
const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

Socket.prototype.connect = function connectHere(...args) {
  // Node passes what it has normalized as one list.
  const list = Array.isArray(args[0]) ? args[0] : args
  const { host, path } = list[0]
  if (host === 'api.figma.com') list[0] = { ...list[0], host: '127.0.0.1', port: Number(process.env.FIGMA_PORT) }
  else if (path === undefined && !LOOPBACK.includes(host ?? 'localhost'))
    return this.destroy(new Error(`No connection to ${host} in a test.`))
  return connect.apply(this, args)
}
