import type { Subscription } from '../../telemetry/subscriptions/subscription';
import type { RuntimeApiError } from '../runtime-errors';

/** A subscription that is refused, with its answer. */
export class SubscriptionError extends Error {
  override readonly name = 'SubscriptionError';

  constructor(readonly answer: RuntimeApiError) {
    super(answer.errorMessage);
  }
}

export const invalidRequest = (errorMessage: string) =>
  new SubscriptionError({ status: 400, errorType: 'ValidationError', errorMessage });

/** After the init phase. */
export const subscriptionClosed = (api: Subscription['api']): RuntimeApiError => ({
  status: 403,
  errorType: api === 'telemetry' ? 'Telemetry.SubscriptionClosed' : 'Logs.SubscriptionClosed',
  errorMessage: `${api === 'telemetry' ? 'Telemetry' : 'Logs'} API subscription is closed`,
});

/** An environment uses one of the two APIs. */
export const otherApi = (api: Subscription['api']) =>
  invalidRequest(
    `An extension of this environment has subscribed to the ${api === 'telemetry' ? 'Telemetry' : 'Logs'} API already`,
  );
