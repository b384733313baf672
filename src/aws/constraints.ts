import { configInputs } from './inputs/configs';
import { eventSourceInputs } from './inputs/event-sources';
import { functionInputs } from './inputs/functions';
import { layerInputs } from './inputs/layers';
import type { InputOf, Members } from './shape';

/**
 * The input of each operation with the constraints on its members, generated from the service model
 * (https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html): `npm run generate:inputs`.
 */
export const inputs = {
  ...functionInputs,
  ...layerInputs,
  ...eventSourceInputs,
  ...configInputs,
} as const satisfies Record<string, Members>;

export type OperationName = keyof typeof inputs;

/** The validated input of an operation, with the member names of the model. */
export type Input<Name extends OperationName> = InputOf<(typeof inputs)[Name]>;
