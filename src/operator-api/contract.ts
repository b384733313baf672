/**
 * A row of `GET /_lambdock/functions`, as the server writes it and the command line reads it. Sizes in MB, timeout
 * in seconds, as in `lambdock.yaml`.
 */
export interface FunctionRow {
  readonly name: string;
  readonly packageType: 'Zip' | 'Image';
  readonly runtime?: string;
  readonly image?: string;
  readonly handler?: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly ephemeralStorage: number;
  readonly state: 'preparing' | 'ready' | 'failed';
  readonly reason?: string;
  readonly arn: string;
  /** How many are published; absent where none is. */
  readonly versions?: number;
  readonly aliases?: readonly { readonly name: string; readonly version: string }[];
}
