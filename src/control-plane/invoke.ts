import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { formatFunctionArn, parseFunctionReference } from '../aws/arn';
import { LambdaError } from '../aws/errors';
import { limits } from '../aws/limits';
import type { AsyncInvocations } from '../execution/async/async-invocations';
import type { Ending, InvocationRequest } from '../execution/invocation';
import type { Invoker } from '../execution/invoker';
import type { FunctionVersion } from '../functions/function-version';
import { hostingProblem } from '../functions/hosting-problem';
import type { InvocationTarget } from '../functions/invocation-target';
import { bodyOf } from '../lib/http-body';
import type { CrossAccount } from './auth/cross-account';
import { callerOf } from './caller';
import { type Answer, headerOf, isColdForced } from './edge';
import { parseTarget } from './function-target';
import { checkedEvent } from './json-payload';
import type { Operations } from './operations';
import { unreachable } from './references';
import { answeredTrace, type Traces } from './trace';
import { checkConstraints } from './validation';
import { variantOf } from './variants';
import { wholeBody } from './whole-body';

export interface InvokeParts {
  readonly invoker: Invoker;
  /** Takes asynchronous invocations. */
  readonly events: Pick<AsyncInvocations, 'accept'>;
  readonly region: string;
  readonly accountId: string;
  readonly nowMs: () => number;
  readonly traces: Traces;
  readonly accounts: CrossAccount;
  /** Whether code in a function sent the request. */
  readonly isFromFunction: (request: IncomingMessage) => boolean;
  /** The version behind a name and qualifier; waits while it is prepared, undefined where it does not exist. */
  readonly find: (
    target: InvocationTarget,
  ) => FunctionVersion | undefined | Promise<FunctionVersion | undefined>;
  /** Called with what no caller hears, such as an asynchronous invocation that could not be run. */
  readonly fail: (error: Error) => void;
}

/** The function in an invocation request's URL. */
export interface Invoked {
  /** Decoded from the path. */
  readonly functionName: string;
  readonly qualifier?: string;
}

/** `Invoke`: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function invoke(
  request: IncomingMessage,
  invoked: Invoked,
  parts: InvokeParts,
): Promise<Answer> {
  const type = headerOf(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  checkInput(request, invoked, type);
  const { invocation, version, qualifier } = await accepted(request, invoked, type, parts);
  if (type === 'DryRun') return { status: 204 };
  if (type === 'Event') {
    acceptEvent(parts, invocation, qualifier);
    return { status: 202, headers: commonHeaders(invocation) };
  }
  const ending = parts.invoker.invoke(invocation);
  // Made while the function runs, and not between its answer and the caller's.
  const headers = commonHeaders(invocation);
  headers['X-Amz-Executed-Version'] = version.version;
  return answer(headers, await ending);
}

/**
 * The invocation that a request asks for, with its body read and checked.
 * @throws {LambdaError}
 */
export async function accepted(
  request: IncomingMessage,
  invoked: Invoked,
  type: string,
  parts: InvokeParts,
): Promise<{
  readonly invocation: InvocationRequest;
  readonly version: FunctionVersion;
  readonly qualifier?: string;
}> {
  const caller = callerOf(request.headers.authorization, parts);
  const target = parseTarget(invoked.functionName, invoked.qualifier, caller);
  const { region, accountId } = target.scope;
  // A signature is for one region and account; unsigned requests match any.
  if (request.headers.authorization !== undefined) {
    if (region !== caller.region) throw unreachable(region, caller);
    if (accountId !== caller.accountId)
      parts.accounts.check('InvokeFunction', target.scope, target, caller.accountId);
  }
  const body = wholeBody(await bodyOf(request, sizeLimit(type)), tooLarge(type));
  // Code in a function that names another region means that one, as on the service.
  const isExact = region !== parts.region && parts.isFromFunction(request);
  const version = await parts.find(isExact ? { ...target, hasScope: true } : target);
  if (version === undefined) throw notFound(target);
  checkHosted(version);
  const payload = checkedEvent(body);
  const { qualifier } = target;
  const invocation = toInvocation(request, variantOf(version, request), payload, qualifier, parts);
  return { invocation, version, ...(qualifier !== undefined && { qualifier }) };
}

/** `InvokeAsync`, which `Invoke` with `Event` has taken the place of; it has no qualifier. */
export function invokeAsyncOperation(parts: InvokeParts): Operations {
  return {
    InvokeAsync: async ({ FunctionName, InvokeArgs }, caller) => {
      const target = parseTarget(FunctionName, undefined, caller);
      const version = await parts.find(target);
      if (version === undefined) throw notFound(target);
      checkHosted(version);
      const invocation: InvocationRequest = {
        requestId: randomUUID(),
        version,
        invokedFunctionArn: version.functionArn,
        payload: checkedEvent(InvokeArgs),
        ...parts.traces.begin(undefined, version),
        tail: false,
      };
      acceptEvent(parts, invocation, undefined);
      return undefined;
    },
  };
}

function checkHosted(version: FunctionVersion): void {
  const problem = hostingProblem(version);
  if (problem !== undefined) throw new LambdaError('InvalidRuntimeException', problem);
}

/** Puts an asynchronous invocation into the queue. */
function acceptEvent(
  { events }: Pick<InvokeParts, 'events'>,
  { requestId, version, payload, traceId: trace, clientContext, isForcedCold = false }: InvocationRequest,
  qualifier: string | undefined,
): void {
  const [, , , region = '', accountId = ''] = version.functionArn.split(':');
  events.accept({
    id: requestId,
    scope: { region, accountId },
    functionName: version.functionName,
    payload: payload.toString('base64'),
    traceId: trace,
    ...(qualifier !== undefined && { qualifier }),
    ...(clientContext !== undefined && { clientContext }),
    ...(isForcedCold && { isForcedCold }),
  });
}

const types: ReadonlySet<string> = new Set(['RequestResponse', 'Event', 'DryRun']);

/** The usual call is seen to be right by less than the whole table of constraints. */
function checkInput(request: IncomingMessage, { functionName, qualifier }: Invoked, type: string): void {
  const log = headerOf(request, 'x-amz-log-type');
  const isUsual = qualifier === undefined && (log === undefined || log === 'Tail') && types.has(type);
  if (isUsual && parseFunctionReference(functionName).kind === 'reference') return;
  checkConstraints('Invoke', {
    FunctionName: functionName,
    InvocationType: type,
    ...(log !== undefined && { LogType: log }),
    ...(qualifier !== undefined && { Qualifier: qualifier }),
  });
}

function notFound({ functionName, qualifier = '$LATEST', scope }: InvocationTarget): LambdaError {
  const arn = formatFunctionArn({ ...scope, functionName, qualifier });
  return new LambdaError('ResourceNotFoundException', `Function not found: ${arn}`);
}

/** Below the Runtime API's limit by 100 bytes, as the service's message has it. */
const syncRequestBytes = 6_291_456;

const sizeLimit = (type: string) => (type === 'Event' ? limits.asyncPayloadBytes : syncRequestBytes);

const tooLarge = (type: string) => (length: number) =>
  type === 'Event'
    ? `${length} byte payload is too large for the Event invocation type (limit ${limits.asyncPayloadBytes} bytes)`
    : `Request must be smaller than ${syncRequestBytes} bytes for the InvokeFunction operation`;

function toInvocation(
  request: IncomingMessage,
  version: FunctionVersion,
  payload: Buffer,
  qualifier: string | undefined,
  { traces }: InvokeParts,
): InvocationRequest {
  const clientContext = decodedContext(headerOf(request, 'x-amz-client-context'));
  const invocation = {
    requestId: randomUUID(),
    version,
    invokedFunctionArn: qualifier === undefined ? version.functionArn : `${version.functionArn}:${qualifier}`,
    payload,
    ...traces.begin(headerOf(request, 'x-amzn-trace-id'), version),
    tail: headerOf(request, 'x-amz-log-type') === 'Tail',
  };
  const isForcedCold = isColdForced(request);
  if (clientContext === undefined && !isForcedCold) return invocation;
  return {
    ...invocation,
    ...(clientContext !== undefined && { clientContext }),
    ...(isForcedCold && { isForcedCold }),
  };
}

/** Base64 of a JSON object of at most 3,583 bytes. */
function decodedContext(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const text = Buffer.from(header, 'base64').toString('utf8');
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new LambdaError(
      'InvalidRequestContentException',
      'Client context must be a valid Base64-encoded JSON object.',
      {},
      { cause },
    );
  }
  return text;
}

export function commonHeaders({ requestId, traceId: trace }: InvocationRequest): Record<string, string> {
  return {
    'x-amzn-RequestId': requestId,
    'X-Amzn-Trace-Id': answeredTrace(trace),
    'x-amzn-Remapped-Content-Length': '0',
  };
}

function answer(headers: Record<string, string>, { outcome, logTail }: Ending): Answer {
  if (outcome.kind === 'platformFailed') throw new Error('a platform failure has no answer');
  if (outcome.kind === 'failed') headers['X-Amz-Function-Error'] = 'Unhandled';
  if (logTail) headers['X-Amz-Log-Result'] = logTail.toString('base64');
  return { status: 200, headers, body: outcome.payload };
}
