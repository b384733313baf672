import { randomUUID } from 'node:crypto';
import { AsyncInvocations, type AsyncParts } from '../execution/async/async-invocations';
import { EventQueue } from '../functions/registry/event-queue';
import type { Registry } from '../functions/registry/registry';
import { AsyncDestinations } from './async-destinations';
import { awsMessages, destinationFunction } from './aws-messages';
import type { AwsEndpoint } from './outbound/aws-request';

export interface AsyncHostingParts
  extends Pick<AsyncParts, 'invoker' | 'clock' | 'find' | 'retrySpeed' | 'fail'> {
  readonly registry: Registry;
  /** Which run of lambdock this is. */
  readonly boot: string;
  /** AWS endpoint for records to other services than Lambda; absent: such records are reported and dropped. */
  readonly aws?: AwsEndpoint;
  readonly say: (sentence: string) => void;
}

/** Joins the queue of asynchronous invocations with its database and with where records go. */
export function asyncInvocations(parts: AsyncHostingParts): AsyncInvocations {
  const { registry, boot, invoker, clock, find, retrySpeed, fail } = parts;
  const destinations = new AsyncDestinations(
    registry,
    awsMessages(parts.aws, async (arn, payload) => invokeOwn(arn, payload)),
    parts.say,
  );
  const invocations = new AsyncInvocations({
    queue: new EventQueue(registry.database, boot),
    invoker,
    clock,
    find,
    policyOf: (event) => destinations.policyOf(event),
    deliver: (event, ended) => destinations.deliver(event, ended),
    retrySpeed,
    isReservedZero: ({ functionArn, functionName }) => {
      const [, , , region = '', accountId = ''] = functionArn.split(':');
      return registry.reserved.get({ region, accountId }, functionName)?.reserved === 0;
    },
    fail,
  });
  const invokeOwn = (arn: string, payload: string) => {
    const named = destinationFunction(arn);
    const [, , , region = '', accountId = ''] = arn.split(':');
    if (named === undefined) throw new Error('it is not the ARN of a function.');
    invocations.accept({
      ...named,
      id: randomUUID(),
      scope: { region, accountId },
      payload: Buffer.from(payload).toString('base64'),
      traceId: newTrace(clock.now()),
    });
  };
  return invocations;
}

/** A new trace. */
function newTrace(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000).toString(16);
  const id = randomUUID().replaceAll('-', '');
  return `Root=1-${seconds.padStart(8, '0')}-${id.slice(0, 24)};Parent=${id.slice(16)};Sampled=0`;
}
