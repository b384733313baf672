import { integer, text } from '../../../lib/kinds';
import type { WantedEventInvoke } from '../wanted';
import type { Properties } from './properties';

const kinds = {
  // https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
  age: integer(60, 21_600, 'seconds'),
  retries: integer(0, 2),
  arn: text('must be an ARN', (value) => value.startsWith('arn:')),
};

/** Reads a function's `EventInvokeConfig`, or the properties of a resource of that type. */
export function readEventInvoke(config: Properties | undefined): WantedEventInvoke | undefined {
  if (config === undefined) return undefined;
  const age = config.value('MaximumEventAgeInSeconds', kinds.age);
  const retries = config.value('MaximumRetryAttempts', kinds.retries);
  const destinations = config.within('DestinationConfig');
  const success = destination(destinations?.within('OnSuccess'));
  const failure = destination(destinations?.within('OnFailure'));
  const both = { ...(success && { OnSuccess: success }), ...(failure && { OnFailure: failure }) };
  const read = {
    ...(age !== undefined && { MaximumEventAgeInSeconds: age }),
    ...(retries !== undefined && { MaximumRetryAttempts: retries }),
    ...(Object.keys(both).length > 0 && { DestinationConfig: both }),
  };
  return Object.keys(read).length > 0 ? read : undefined;
}

/** Without an ARN, SAM creates a queue or a topic. lambdock does not, so that there is no destination. */
function destination(properties: Properties | undefined): { readonly Destination: string } | undefined {
  const arn = properties?.value('Destination', kinds.arn);
  return arn === undefined ? undefined : { Destination: arn };
}

/** The property is `DeadLetterQueue` in SAM and `DeadLetterConfig` in CloudFormation. */
export function readDeadLetterTarget(properties: Properties): string | undefined {
  const holder = properties.within('DeadLetterQueue') ?? properties.within('DeadLetterConfig');
  return holder?.value('TargetArn', kinds.arn);
}
