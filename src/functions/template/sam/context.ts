import type { DebugRequest } from '../debug';
import type { FunctionVariables } from '../given-values';

/** What a template's functions depend on, apart from its text. */
export interface SamContext {
  readonly region: string;
  readonly accountId: string;
  /** Port of the Lambda API, which also serves function URLs. Default: 9000. */
  readonly port?: number;
  /** Values for parameters, for parameters of nested stacks (`Stack.Name`), and for exports of other stacks. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Values with lower priority than `parameters`. Names that the template does not have are ignored. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Variables by function name or logical id, and under `Parameters` for all. They replace those of the template. */
  readonly variables?: FunctionVariables;
  /** Names or logical ids of the functions to host. Default: all. */
  readonly only?: readonly string[];
  /** Functions to debug, in addition to those with `debug` in the template. */
  readonly debug?: readonly DebugRequest[];
  /** Whether all debugged functions wait for their debugger. */
  readonly debugWait?: boolean;
  /** Folders and zip files that replace layers, by ARN with or without version. */
  readonly layers?: Readonly<Record<string, string>>;
}
