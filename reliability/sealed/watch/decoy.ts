import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A listener on loopback that nobody should ever reach: a proxy, an endpoint, a metadata service. */
export interface Decoy {
  readonly url: string;
  /** How many connections came. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** Starts a decoy on any free port. Who connects is counted and sent away. */
export async function startDecoy(): Promise<Decoy> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that breaks off has been counted all the same.
    socket.on('error', () => {});
    socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
