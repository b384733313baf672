import type { IncomingMessage } from 'node:http';
import type { OperationName } from '../aws/constraints';
import { LambdaError } from '../aws/errors';
import { namedStorageProblem, type StorageParts } from '../functions/registry/storage-problem';
import { bodyOf } from '../lib/http-body';
import type { CrossAccount } from './auth/cross-account';
import { type Caller, callerOf } from './caller';
import { type Answer, headerOf } from './edge';
import { type Operation, type Operations, routes } from './operations';
import { findOperation } from './route-table';
import { type RawInput, validated } from './validation';
import { wholeBody } from './whole-body';

/** Requests with code in them: 50 MB of zip as Base64, and what is around it. As in the service's own message. */
const codeRequestBytes = 70_167_211;
/** Every other request; a guess, as the service documents only operations with larger ones. */
const requestBytes = 6_291_456;

const withCode: ReadonlySet<OperationName> = new Set([
  'CreateFunction',
  'UpdateFunctionCode',
  'PublishLayerVersion',
]);

interface ApiParts extends StorageParts {
  readonly accounts: CrossAccount;
}

/** Every operation of the API but Invoke, which is routed before it. */
export function lambdaApi(
  operations: Operations,
  defaults: Caller & ApiParts,
): (request: IncomingMessage) => Promise<Answer> {
  return async (request) => {
    const match = findOperation(request.method ?? '', request.url ?? '');
    if (match === undefined || operations[match.operation] === undefined) throw unknownOperation();
    const { operation, path, query } = match;
    const limit = withCode.has(operation) ? codeRequestBytes : requestBytes;
    const body = wholeBody(
      await bodyOf(request, limit),
      () => `Request must be smaller than ${limit} bytes for the ${operation} operation`,
    );
    const header = (name: string) => headerOf(request, name.toLowerCase());
    const { host, authorization } = request.headers;
    const caller = { ...callerOf(authorization, defaults), ...(host !== undefined && { host }) };
    return run(operation, operations, { path, query, header, body }, caller, defaults);
  };
}

async function run<Name extends OperationName>(
  name: Name,
  operations: Operations,
  raw: RawInput,
  caller: Caller,
  parts: ApiParts,
): Promise<Answer> {
  const operation: Operation<Name> | undefined = operations[name];
  if (operation === undefined) throw unknownOperation();
  const input = validated(name, raw);
  const actor = parts.accounts.actor(name, input, caller);
  let output: object | undefined;
  try {
    output = await operation(input, actor);
  } catch (error) {
    throw namedStorageProblem(error, `${name}${subjectOf(input)}`, parts);
  }
  return { status: routes[name].status, ...(output !== undefined && { body: output }) };
}

/** What an operation is about, e.g. ` for greeting`. */
function subjectOf(input: object): string {
  const { FunctionName, LayerName, Resource }: { readonly [name in string]?: unknown } = { ...input };
  const subject = FunctionName ?? LayerName ?? Resource;
  return typeof subject === 'string' ? ` for ${subject}` : '';
}

function unknownOperation(): LambdaError {
  return new LambdaError('UnknownOperationException', 'The operation is not offered here.');
}
