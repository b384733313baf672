import type { IncomingMessage } from 'node:http';
import { Problem } from '../problem';
import { parsed } from './http';

/** A response of lambdock that is an error, with its message. */
export class Refusal extends Problem {
  constructor(
    readonly status: number,
    /** The API's error name, if the response has one. */
    readonly type: string | undefined,
    sentence: string,
  ) {
    super(type === undefined ? sentence : `${type}: ${sentence}`);
  }
}

const signing =
  "Sign with one of lambdock's keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass --keys ID:SECRET.";

const nextSteps: Readonly<Record<string, string>> = {
  MissingAuthenticationTokenException: signing,
  UnrecognizedClientException: signing,
};

/** Turns an error response into a `Problem` with the next step. */
export function refusal(
  endpoint: string,
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer,
): Refusal {
  const text = body.toString();
  const message = messageOf(parsed(text));
  if (message === undefined) {
    return new Refusal(
      statusCode,
      undefined,
      `The server at ${endpoint} is not lambdock (status ${statusCode}: ${text.slice(0, 80).trim() || 'no text'}). Pass lambdock's address with --endpoint.`,
    );
  }
  const named = headers['x-amzn-errortype'];
  const type = typeof named === 'string' ? named : undefined;
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  const next =
    statusCode === 404
      ? 'List the functions: npx lambdock list'
      : type === undefined
        ? undefined
        : nextSteps[type];
  return new Refusal(statusCode, type, next === undefined ? sentence : `${sentence} ${next}`);
}

function messageOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { message, Message } = value as { message?: unknown; Message?: unknown };
  return [message, Message].find((each) => typeof each === 'string');
}
