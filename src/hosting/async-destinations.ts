import { limits } from '../aws/limits';
import type { RetryPolicy } from '../execution/async/async-invocations';
import type { EndedEvent } from '../execution/async/invocation-record';
import { deadLetterAttributes, invocationRecord } from '../execution/async/invocation-record';
import { type EventInvokeConfig, eventInvokeConfigs } from '../functions/registry/event-invoke';
import type { QueuedEvent } from '../functions/registry/event-queue';
import type { Registry } from '../functions/registry/registry';
import type { Documents } from '../functions/registry/state';

/** Something to send to a resource of AWS. */
export interface AwsMessage {
  /** Of a queue, a topic, an event bus, a bucket or a function. */
  readonly arn: string;
  readonly body: string;
  /** Attributes of a queue's or a topic's message. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly event: QueuedEvent;
  readonly ended: EndedEvent;
}

/** Looks up destinations and retries of asynchronous invocations, and delivers their records. */
export class AsyncDestinations {
  readonly #configs: Documents<EventInvokeConfig>;

  constructor(
    private readonly registry: Registry,
    private readonly send: (message: AwsMessage) => Promise<void>,
    private readonly say: (sentence: string) => void,
  ) {
    this.#configs = eventInvokeConfigs(registry.database);
  }

  policyOf(event: QueuedEvent): RetryPolicy {
    const config = this.#config(event);
    const seconds = config?.MaximumEventAgeInSeconds;
    return {
      attempts: config?.MaximumRetryAttempts ?? limits.async.retries,
      ageMs: seconds === undefined ? limits.async.ageMs : seconds * 1_000,
    };
  }

  /** Never rejects; reports a record that cannot be sent. */
  async deliver(event: QueuedEvent, ended: EndedEvent): Promise<void> {
    const isSuccess = ended.condition === 'Success';
    const config = this.#config(event)?.DestinationConfig;
    const destination = (isSuccess ? config?.OnSuccess : config?.OnFailure)?.Destination;
    if (destination) {
      const body = JSON.stringify(invocationRecord(ended));
      await this.#try({ arn: destination, body, attributes: {}, event, ended });
    }
    const deadLetters = isSuccess ? undefined : this.#deadLetterArn(event);
    if (deadLetters) {
      const body = ended.payload.toString('utf8');
      await this.#try({ arn: deadLetters, body, attributes: deadLetterAttributes(ended), event, ended });
    }
  }

  async #try(message: AwsMessage): Promise<void> {
    try {
      await this.send(message);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.say(
        `${message.event.functionName}: cannot send the record of ${message.event.id} to ${message.arn}: ${reason}`,
      );
    }
  }

  #config({ scope, functionName, qualifier = '$LATEST' }: QueuedEvent): EventInvokeConfig | undefined {
    return this.#configs.get(scope, `${functionName}:${qualifier}`);
  }

  #deadLetterArn({ scope, functionName }: QueuedEvent): string | undefined {
    const { DeadLetterConfig } = (this.registry.functions.get(scope, functionName)?.settings.storedOnly ??
      {}) as { readonly DeadLetterConfig?: { readonly TargetArn?: string } };
    return DeadLetterConfig?.TargetArn;
  }
}
