import type { Input } from '../../aws/constraints';
import type { Database } from '../../lib/database';
import { Documents, type Scope } from './state';

type Created = Input<'CreateFunctionUrlConfig'>;

/** How a function or an alias answers HTTP requests. */
export interface FunctionUrl {
  readonly functionName: string;
  /** An alias; absent for the function itself. */
  readonly qualifier?: string;
  /** 32 lower-case letters and digits: the first label of its host name. */
  readonly urlId: string;
  readonly AuthType: Created['AuthType'];
  readonly InvokeMode: NonNullable<Created['InvokeMode']>;
  readonly Cors?: NonNullable<Created['Cors']>;
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** The URLs of functions, by function and alias. */
export function functionUrls(database: Database): Documents<FunctionUrl> {
  return new Documents<FunctionUrl>(database, 'function-url');
}

/** The URL of this id, whichever account and region it is in. */
export function findFunctionUrl(
  urls: Documents<FunctionUrl>,
  urlId: string,
): { readonly scope: Scope; readonly url: FunctionUrl } | undefined {
  const found = urls.everywhere().find(({ document }) => document.urlId === urlId);
  return found && { scope: found.scope, url: found.document };
}
