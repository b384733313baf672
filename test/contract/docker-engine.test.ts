import { openDockerSubject } from './docker-subject';
import { engineContract } from './engine-contract';

const limitMs = 60_000;

engineContract('Docker, Unix socket', () => openDockerSubject({ transport: 'unix' }), limitMs);
engineContract('Docker, Unix socket, relayed', () => openDockerSubject({ transport: 'unix-relay' }), limitMs);
engineContract('Docker, TCP', () => openDockerSubject({ transport: 'tcp', ownNetwork: true }), limitMs);
