import type { Deployable } from '../../../src/functions/registry/records';

/** Something to deploy whose content is nowhere: for tests that only ask what is deployed. */
export function aDeployable(): Deployable {
  return {
    settings: {
      description: '',
      role: 'arn:aws:iam::000000000000:role/lambda',
      runtime: 'python3.13',
      handler: 'app.handler',
      memorySize: 128,
      timeout: 3,
      ephemeralStorage: 512,
      architecture: 'x86_64',
      layers: [],
      storedOnly: {},
    },
    code: { kind: 'zip', hash: '0'.repeat(64), codeSha256: 'x', sizeBytes: 1, unzippedBytes: 1 },
  };
}
