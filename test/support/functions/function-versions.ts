import type { InvocationRequest } from '../../../src/execution/invocation';
import type { FunctionVersion } from '../../../src/functions/function-version';

/** A version as a deployed function of a managed runtime has it; tests change what they are about. */
export function aFunctionVersion(changes: Partial<FunctionVersion> = {}): FunctionVersion {
  const functionName = changes.functionName ?? 'hello';
  return {
    functionName,
    version: '$LATEST',
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    description: '',
    architecture: 'x86_64',
    package: {
      kind: 'zip',
      runtime: 'python3.13',
      handler: 'app.handler',
      codeFolder: '/nowhere/code',
      codeSha256: 'x',
    },
    memoryMiB: 128,
    timeoutMs: 3_000,
    ephemeralStorageMiB: 512,
    environment: {},
    revision: 'r1',
    ...changes,
  };
}

export function anInvocationRequest(changes: Partial<InvocationRequest> = {}): InvocationRequest {
  const version = changes.version ?? aFunctionVersion();
  return {
    requestId: '11111111-2222-4333-8444-555555555555',
    version,
    invokedFunctionArn: version.functionArn,
    payload: Buffer.from('{}'),
    traceId: 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    tail: false,
    ...changes,
  };
}
