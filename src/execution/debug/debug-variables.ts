import type { FunctionVersion } from '../../functions/function-version';
import { familyOf } from '../../runtimes/runtimes';

/**
 * Variables that make the runtime open its debugger, in addition to its own. Extensions do not get them: two Node.js
 * processes cannot listen at one port.
 */
export function debugVariables(
  { debug, package: code }: FunctionVersion,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (debug === undefined) return {};
  const { port, wait } = debug;
  if (code.kind === 'zip' && familyOf(code.runtime)?.debugger === 'debugpy') {
    // The layer of debugpy, see functions/build/debugger.ts, brings the wrapper.
    return {
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/lambdock-debug/wrapper',
      LAMBDOCK_DEBUG_PORT: String(port),
      ...(wait && { LAMBDOCK_DEBUG_WAIT: '1' }),
      ...(own.AWS_LAMBDA_EXEC_WRAPPER && { LAMBDOCK_DEBUG_INNER_WRAPPER: own.AWS_LAMBDA_EXEC_WRAPPER }),
    };
  }
  const canWait = code.kind === 'zip' && familyOf(code.runtime)?.waitsForDebugger?.test(code.runtime);
  const inspect = wait ? (canWait ? '--inspect-wait' : '--inspect-brk') : '--inspect';
  return { NODE_OPTIONS: [own.NODE_OPTIONS, `${inspect}=127.0.0.1:${port}`].filter(Boolean).join(' ') };
}
