import type { RuntimeApiError } from '../runtime-errors';

/** States of an extension as the API's messages name them. */
export type ExtensionState = 'Started' | 'Registered' | 'Ready' | 'Running' | 'InitError' | 'ExitError';

/** Every refusal of the Extensions API has status 403; types and texts as AWS's own emulator has them. */
const refusal = (errorType: string, errorMessage: string): RuntimeApiError => ({
  status: 403,
  errorType,
  errorMessage,
});

export const emptyName = refusal('Extension.InvalidExtensionName', 'Empty extension name');
export const tooMany = (limit: number) =>
  refusal('Extension.TooManyExtensions', `Extension limit (${limit}) reached`);
export const registrationClosed = refusal(
  'Extension.RegistrationClosed',
  'Extension registration closed already',
);
export const nameTaken = refusal(
  'Extension.InvalidExtensionState',
  'Extension with this name already registered',
);
export const invalidFormat = (why: string) => refusal('InvalidRequestFormat', why);
export const invalidEvent = (event: string, why: string) =>
  refusal('Extension.InvalidEventType', `${event}: ${why}`);
export const missingIdentifier = refusal(
  'Extension.MissingExtensionIdentifier',
  'Missing Lambda-Extension-Identifier header',
);
export const invalidIdentifier = refusal(
  'Extension.InvalidExtensionIdentifier',
  'Invalid Lambda-Extension-Identifier',
);
export const unknownIdentifier = (id: string) =>
  refusal('Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`);
export const missingErrorType = refusal(
  'Extension.MissingHeader',
  'Lambda-Extension-Function-Error-Type not found',
);
export const invalidState = (name: string, from: ExtensionState, to: ExtensionState) =>
  refusal(
    'Extension.InvalidExtensionState',
    `State transition from ${from} to ${to} failed for extension ${name}. Error: State transition is not allowed`,
  );
