/** What a template's functions depend on beside its text. */
export interface SamContext {
  readonly region: string;
  readonly accountId: string;
  /** Values for the template's parameters, for those of nested stacks (`Stack.Name`), and for exports of other stacks. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names or logical ids of the functions to host; absent: all. */
  readonly only?: readonly string[];
  /** Folders and zip files of layers by ARN, with or without version. */
  readonly layers?: Readonly<Record<string, string>>;
}
