import type { DebugRequest } from '../debug';
import type { FunctionVariables } from '../given-values';

/** What a template's functions depend on beside its text. */
export interface SamContext {
  readonly region: string;
  readonly accountId: string;
  /** Of the Lambda API, which answers functions' URLs, too; absent: the usual one. */
  readonly port?: number;
  /** Values for the template's parameters, for those of nested stacks (`Stack.Name`), and for exports of other stacks. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Values that count less than `parameters`; those that the template does not have are passed over. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Variables of functions by name or logical id, and under `Parameters` for all; they replace those of the template. */
  readonly variables?: FunctionVariables;
  /** Names or logical ids of the functions to host; absent: all. */
  readonly only?: readonly string[];
  /** Functions to debug, beside those of which the template says so. */
  readonly debug?: readonly DebugRequest[];
  /** Whether every function that is debugged waits for its debugger. */
  readonly debugWait?: boolean;
  /** Folders and zip files of layers by ARN, with or without version. */
  readonly layers?: Readonly<Record<string, string>>;
}
