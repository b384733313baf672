import { connect as connectSocket, isIPv4 } from 'node:net';
import { errnoOf } from '../../lib/errno';
import { EngineError } from '../engine';
import { type Connection, parseAddress } from './connect';
import { engineErrorOf, unreachable } from './docker-errors';
import type { OwnContainer } from './own-container';

export type TransportOption = 'auto' | 'unix' | 'unix-relay' | 'tcp';

/** How inits reach lambdock: through a socket in the run folder, or at an address. */
export type Transport =
  /** `handover`: inits pass the functions' listening sockets to lambdock instead of relaying connections. */
  | { readonly transport: 'unix'; readonly handover: boolean }
  | { readonly transport: 'tcp'; readonly bindHost: string; readonly advertisedHost: string };

export interface Surroundings {
  readonly connection: Connection;
  readonly platform: NodeJS.Platform;
  /** Whether the engine reports that it runs in a desktop product's virtual machine. */
  readonly desktop: boolean;
  readonly own: OwnContainer | undefined;
  /** The network that sandboxes join. */
  network(): Promise<string>;
  /** The IPv4 address of a network interface of this machine. */
  addressOf(networkInterface: string): string | undefined;
}

/**
 * A Unix socket in a mounted folder works only if lambdock and the engine share a kernel: both run on this Linux
 * machine, or lambdock runs in a container of the engine.
 */
export function sharesKernel({ connection, platform, desktop, own }: Surroundings): boolean {
  return own !== undefined || (connection.local && platform === 'linux' && !desktop);
}

/** @throws {EngineError} `refused` if the wanted transport cannot work */
export async function chooseTransport(wanted: TransportOption, around: Surroundings): Promise<Transport> {
  if (wanted === 'unix' || (wanted === 'auto' && sharesKernel(around))) {
    return { transport: 'unix', handover: true };
  }
  if (wanted === 'unix-relay') return { transport: 'unix', handover: false };
  const network = await around.network();
  if (network === 'none') {
    throw new EngineError(
      'refused',
      'Without a network, sandboxes can reach lambdock only through a Unix socket, and this engine runs on another ' +
        'kernel. Run lambdock in a container of the engine, or choose a network.',
    );
  }
  return { transport: 'tcp', ...(await reachableAddress(around, network)) };
}

async function reachableAddress(
  around: Surroundings,
  network: string,
): Promise<{ bindHost: string; advertisedHost: string }> {
  const { own, connection } = around;
  if (own !== undefined) {
    const address = own.networks.get(network) ?? '';
    if (!isIPv4(address)) {
      throw new EngineError(
        'refused',
        `lambdock's own container has no IPv4 address in the network ${network}, where the functions are. Join it to that network.`,
      );
    }
    return { bindHost: '0.0.0.0', advertisedHost: address };
  }
  if (!connection.local) return { bindHost: '0.0.0.0', advertisedHost: await addressTowards(connection) };
  // Desktop products forward this name to the loopback interface of their host.
  if (!sharesKernel(around)) return { bindHost: '127.0.0.1', advertisedHost: 'host.docker.internal' };
  const gateway = await gatewayOf(around, network);
  return { bindHost: gateway, advertisedHost: gateway };
}

/** The host's address on a network's bridge, which only its containers can reach. */
async function gatewayOf({ connection, addressOf }: Surroundings, network: string): Promise<string> {
  try {
    const { IPAM, Options } = await connection.docker.getNetwork(network).inspect();
    const configured = IPAM?.Config?.map(({ Gateway }) => Gateway ?? '').find(isIPv4);
    // If the engine chose the default bridge's addresses, its API does not name the gateway.
    const gateway = configured ?? addressOf(Options?.['com.docker.network.bridge.name'] ?? '');
    if (gateway !== undefined) return gateway;
  } catch (error) {
    throw engineErrorOf(error, `look up the network ${network}`, connection.address);
  }
  throw new EngineError(
    'refused',
    `The network ${network} has no gateway with an IPv4 address. Choose another network.`,
  );
}

/** This machine's address on the route to a remote engine, whose containers use the same route back. */
function addressTowards(connection: Connection): Promise<string> {
  const { host = '', port = 0 } = parseAddress(connection.address);
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, family: 4 });
    socket.once('connect', () => {
      resolve(socket.localAddress ?? '');
      socket.destroy();
    });
    socket.once('error', (error) => {
      const noIPv4 = errnoOf(error) === 'ENOTFOUND';
      reject(
        noIPv4
          ? new EngineError(
              'unreachable',
              `The engine's host ${host} has no IPv4 address. Sandboxes need one to reach lambdock. Use another engine.`,
            )
          : unreachable(connection.address, error),
      );
    });
  });
}
