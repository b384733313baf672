/**
 * Unit tests run as on a machine without a network: connections to other machines fail as they do there. Addresses of
 * this machine, and Unix sockets, work.
 */
const { Socket } = require('node:net');
const { networkInterfaces } = require('node:os');

const connect = Symbol.for('lambdock.connect');
Socket.prototype[connect] ??= Socket.prototype.connect;

function isOwn(host) {
  if (/^(localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|::1?|::ffff:127\.[\d.]+)$/i.test(host)) return true;
  return Object.values(networkInterfaces())
    .flat()
    .some(({ address }) => address === host);
}

/** Host of a call in any of its forms: options, a port and a host, a path, or the array that `net.connect` passes. */
function hostOf([first, second]) {
  if (Array.isArray(first)) return hostOf(first);
  if (typeof first === 'object' && first !== null) return first.path ? undefined : first.host;
  return typeof second === 'string' && !Number.isNaN(Number(first)) ? second : undefined;
}

Socket.prototype.connect = function connectLocally(...words) {
  const host = hostOf(words);
  if (host === undefined || isOwn(host)) return this[connect](...words);
  const code = /^[\d.]+$|:/.test(host) ? 'ENETUNREACH' : 'ENOTFOUND';
  this.connecting = true;
  const error = Object.assign(new Error(`connect ${code} ${host}`), {
    code,
    syscall: 'connect',
    hostname: host,
  });
  process.nextTick(() => this.destroy(error));
  return this;
};
