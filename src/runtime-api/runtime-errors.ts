import { limits } from '../aws/limits';
import type { Answer, Exchange } from './exchange';

/** States of a runtime as the Runtime API's messages name them. */
export type RuntimeState =
  | 'Started'
  | 'Ready'
  | 'Running'
  | 'InvocationResponse'
  | 'InvocationErrorResponse'
  | 'RuntimeResponseSentState'
  | 'InitError'
  | 'RestoreReady'
  | 'Restoring';

export interface RuntimeApiError {
  readonly status: number;
  readonly errorType: string;
  readonly errorMessage: string;
}

export const invalidRequestId: RuntimeApiError = {
  status: 400,
  errorType: 'InvalidRequestID',
  errorMessage: 'Invalid request ID',
};

export const invalidResponseMode: RuntimeApiError = {
  status: 400,
  errorType: 'InvalidFunctionResponseMode',
  errorMessage: 'Invalid function response mode',
};

export const entityTooLarge: RuntimeApiError = {
  status: 413,
  errorType: 'RequestEntityTooLarge',
  errorMessage: `Exceeded maximum allowed payload size (${limits.syncPayloadBytes} bytes).`,
};

export function invalidTransition(from: RuntimeState, to: RuntimeState): RuntimeApiError {
  return {
    status: 403,
    errorType: 'InvalidStateTransition',
    errorMessage: `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`,
  };
}

/** Waits for no body; what still comes of it is dropped. */
export function sendError(exchange: Exchange, { status, errorType, errorMessage }: RuntimeApiError): void {
  exchange.answer(jsonAnswer(status, { errorMessage, errorType }));
}

const acceptedBody = '{"status":"OK"}';
/** A single object, so that connections of runtimes compose its text only once. */
const accepted: Answer = {
  status: 202,
  headers: { 'Content-Type': 'application/json', 'Content-Length': acceptedBody.length },
  body: acceptedBody,
};

/** 202 and a body: Go's client takes no other status for a success. */
export function sendAccepted(exchange: Exchange): void {
  exchange.answer(accepted);
}

/** @param headers in addition to those of the body */
export function jsonAnswer(
  status: number,
  content: object | string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = Buffer.from(JSON.stringify(content));
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers },
    body,
  };
}
