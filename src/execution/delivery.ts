import type { Task } from './lifecycle/lifecycle-types';
import type { Delivery } from './runtime-link';

/** Lists members one by one, since copying the request is slower; few requests have further members. */
export function deliveryOf({ invocation, deadlineAt }: Task, followsClosely: boolean): Delivery {
  const { request } = invocation;
  const delivery = {
    requestId: request.requestId,
    deadlineMs: deadlineAt,
    invokedFunctionArn: request.invokedFunctionArn,
    traceId: request.traceId,
    payload: request.payload,
    followsClosely,
  };
  const isPlain =
    request.clientContext === undefined &&
    request.cognitoIdentity === undefined &&
    request.sink === undefined;
  return isPlain ? delivery : { ...request, ...delivery };
}
