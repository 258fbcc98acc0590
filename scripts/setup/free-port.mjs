import { createServer } from 'node:net';

/**
 * A loopback port that nobody listens on now.
 * @returns {Promise<number>}
 */
export function freePort() {
  return listen(0);
}

/**
 * Does nobody listen on this loopback port?
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isFree(port) {
  return listen(port).then(
    () => true,
    () => false,
  );
}

/**
 * @param {number} port
 * @returns {Promise<number>}
 */
function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
