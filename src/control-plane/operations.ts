import type { Input, OperationName } from '../aws/constraints';
import type { Caller } from './caller';

/** Method, path and the status of success, as the service model has them. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parts in braces are members of the input. What follows a `?` distinguishes operations of one path. */
  readonly path: string;
  readonly status: number;
}

/**
 * Runs an operation: takes the validated input and returns the body of the response, or undefined. A buffer is already
 * JSON.
 */
export type Operation<Name extends OperationName> = (
  input: Input<Name>,
  caller: Caller,
) => Promise<object | undefined> | object | undefined;

/** The operations of a file in `resources/`. */
export type Operations = { readonly [Name in OperationName]?: Operation<Name> };

/** Runs operations for one caller within this process. Resolves to the body of the response. */
export function operationRunner(operations: Operations, caller: Caller) {
  return async <Name extends OperationName>(name: Name, input: Input<Name>): Promise<object | undefined> => {
    const operation: Operation<Name> | undefined = operations[name];
    return operation?.(input, caller);
  };
}

const get = (path: string): Route => ({ method: 'GET', path, status: 200 });
const post = (status: number, path: string): Route => ({ method: 'POST', path, status });
const put = (path: string, status = 200): Route => ({ method: 'PUT', path, status });
const remove = (path: string, status = 204): Route => ({ method: 'DELETE', path, status });

const named = '/functions/{FunctionName}';
const functions = '/2015-03-31/functions';
const one = `/2015-03-31${named}`;
const mappings = '/2015-03-31/event-source-mappings';
const layers = '/2018-10-31/layers';
const layer = `${layers}/{LayerName}/versions`;
const layerVersion = `${layer}/{VersionNumber}`;
const eventInvoke = `/2019-09-25${named}/event-invoke-config`;
const provisioned = `/2019-09-30${named}/provisioned-concurrency`;
const signing = '/2020-04-22/code-signing-configs';
const oneSigning = `${signing}/{CodeSigningConfigArn}`;
const functionSigning = `/2020-06-30${named}/code-signing-config`;
const url = `/2021-10-31${named}/url`;
const tags = '/2017-03-31/tags/{Resource}';
const recursion = `/2024-08-31${named}/recursion-config`;
const runtimeManagement = `/2021-07-20${named}/runtime-management-config`;
const scaling = `/2025-11-30${named}/function-scaling-config`;

/**
 * Every operation that lambdock knows: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 * A test holds the table against the schemas of `@aws-sdk/client-lambda`.
 */
export const routes: { readonly [Name in OperationName]: Route } = {
  CreateFunction: post(201, functions),
  ListFunctions: get(functions),
  GetFunction: get(one),
  GetFunctionConfiguration: get(`${one}/configuration`),
  UpdateFunctionCode: put(`${one}/code`),
  UpdateFunctionConfiguration: put(`${one}/configuration`),
  // The model has 200, the service was recorded to respond with 204; neither has a body.
  DeleteFunction: remove(one),
  Invoke: post(200, `${one}/invocations`),
  InvokeWithResponseStream: post(200, '/2021-11-15/functions/{FunctionName}/response-streaming-invocations'),
  InvokeAsync: post(202, `/2014-11-13${named}/invoke-async`),
  PublishVersion: post(201, `${one}/versions`),
  ListVersionsByFunction: get(`${one}/versions`),
  CreateAlias: post(201, `${one}/aliases`),
  ListAliases: get(`${one}/aliases`),
  GetAlias: get(`${one}/aliases/{Name}`),
  UpdateAlias: put(`${one}/aliases/{Name}`),
  DeleteAlias: remove(`${one}/aliases/{Name}`),
  PublishLayerVersion: post(201, layer),
  ListLayers: get(layers),
  GetLayerVersionByArn: get(`${layers}?find=LayerVersion`),
  ListLayerVersions: get(layer),
  GetLayerVersion: get(layerVersion),
  DeleteLayerVersion: remove(layerVersion),
  AddLayerVersionPermission: post(201, `${layerVersion}/policy`),
  GetLayerVersionPolicy: get(`${layerVersion}/policy`),
  RemoveLayerVersionPermission: remove(`${layerVersion}/policy/{StatementId}`),
  CreateEventSourceMapping: post(202, mappings),
  ListEventSourceMappings: get(mappings),
  GetEventSourceMapping: get(`${mappings}/{UUID}`),
  UpdateEventSourceMapping: put(`${mappings}/{UUID}`, 202),
  DeleteEventSourceMapping: remove(`${mappings}/{UUID}`, 202),
  GetAccountSettings: get('/2016-08-19/account-settings'),
  AddPermission: post(201, `${one}/policy`),
  GetPolicy: get(`${one}/policy`),
  RemovePermission: remove(`${one}/policy/{StatementId}`),
  ListTags: get(tags),
  TagResource: post(204, tags),
  UntagResource: remove(tags),
  PutFunctionConcurrency: put(`/2017-10-31${named}/concurrency`),
  GetFunctionConcurrency: get(`/2019-09-30${named}/concurrency`),
  DeleteFunctionConcurrency: remove(`/2017-10-31${named}/concurrency`),
  PutProvisionedConcurrencyConfig: put(provisioned, 202),
  GetProvisionedConcurrencyConfig: get(provisioned),
  ListProvisionedConcurrencyConfigs: get(`${provisioned}?List=ALL`),
  DeleteProvisionedConcurrencyConfig: remove(provisioned),
  PutFunctionEventInvokeConfig: put(eventInvoke),
  UpdateFunctionEventInvokeConfig: post(200, eventInvoke),
  GetFunctionEventInvokeConfig: get(eventInvoke),
  DeleteFunctionEventInvokeConfig: remove(eventInvoke),
  ListFunctionEventInvokeConfigs: get(`${eventInvoke}/list`),
  CreateFunctionUrlConfig: post(201, url),
  GetFunctionUrlConfig: get(url),
  UpdateFunctionUrlConfig: put(url),
  DeleteFunctionUrlConfig: remove(url),
  ListFunctionUrlConfigs: get(`${url}s`),
  CreateCodeSigningConfig: post(201, signing),
  ListCodeSigningConfigs: get(signing),
  GetCodeSigningConfig: get(oneSigning),
  UpdateCodeSigningConfig: put(oneSigning),
  DeleteCodeSigningConfig: remove(oneSigning),
  ListFunctionsByCodeSigningConfig: get(`${oneSigning}/functions`),
  PutFunctionCodeSigningConfig: put(functionSigning),
  GetFunctionCodeSigningConfig: get(functionSigning),
  DeleteFunctionCodeSigningConfig: remove(functionSigning),
  PutFunctionRecursionConfig: put(recursion),
  GetFunctionRecursionConfig: get(recursion),
  PutRuntimeManagementConfig: put(runtimeManagement),
  GetRuntimeManagementConfig: get(runtimeManagement),
  PutFunctionScalingConfig: put(scaling, 202),
  GetFunctionScalingConfig: get(scaling),
};
