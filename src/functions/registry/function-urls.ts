import type { Input } from '../../aws/constraints';
import type { Database } from '../../lib/database';
import { Documents, placeOf, type Scope } from './state';

type Created = Input<'CreateFunctionUrlConfig'>;

/** The URL of a function or an alias. */
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

/**
 * Has the kind as a literal, like the index `documents_by_url`: SQLite does not use a partial index for a parameter.
 */
export const selectUrl =
  "SELECT place, document FROM documents WHERE kind = 'function-url' AND json_extract(document, '$.urlId') = ?";

/** The URL of this id, in any account and region. */
export function findFunctionUrl(
  database: Database,
  urlId: string,
): { readonly scope: Scope; readonly url: FunctionUrl } | undefined {
  const row = database.first(selectUrl, urlId);
  return row && { scope: placeOf(row.place), url: JSON.parse(String(row.document)) as FunctionUrl };
}
