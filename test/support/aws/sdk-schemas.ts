import * as sdk from '@aws-sdk/client-lambda';

/** A structure of the SDK's schemas: the names of its members, the required ones first, with their traits. */
export interface SdkStructure {
  readonly name: string;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly members: readonly string[];
  readonly required: readonly string[];
  /** Where each member comes from. */
  readonly at: Readonly<Record<string, { readonly location: string; readonly wireName: string }>>;
}

export interface SdkOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly input: SdkStructure;
}

type Schema = readonly unknown[];

const structureId = 3;
const errorId = -3;
const operationId = 9;

const schemas = (id: number): Schema[] =>
  Object.entries(sdk)
    .filter(([name]) => name.endsWith('$'))
    .map(([, schema]) => schema as unknown)
    .filter((schema): schema is Schema => Array.isArray(schema) && schema[0] === id);

export function sdkOperations(): readonly SdkOperation[] {
  return schemas(operationId).map(([, , name, traits, input]) => {
    const { http } = traits as { http: [string, string, number] };
    const [method, path, status] = http;
    const schema = (input as () => Schema)();
    return { name: String(name), method, path, status, input: structure(schema) };
  });
}

export function sdkErrors(): readonly SdkStructure[] {
  return schemas(errorId).map(structure);
}

function structure([id, , name, traits, members, memberSchemas, required]: Schema): SdkStructure {
  if (id !== structureId && id !== errorId) {
    // The unit type, which is the input of operations without one.
    return { name: String(name ?? 'Unit'), traits: {}, members: [], required: [], at: {} };
  }
  const names = members as readonly string[];
  return {
    name: String(name),
    traits: typeof traits === 'object' && traits !== null ? (traits as Record<string, unknown>) : {},
    members: names,
    required: names.slice(0, Number(required ?? 0)),
    at: Object.fromEntries(
      names.map((each, index) => [each, place(each, (memberSchemas as readonly unknown[])[index])]),
    ),
  };
}

const pathBit = 1;
const payloadBit = 16;

/** Traits stand behind the schema: bits, or an object with the locations that have a name. */
function place(name: string, schema: unknown): { location: string; wireName: string } {
  const traits: unknown = Array.isArray(schema) && schema.length === 2 ? schema[1] : 0;
  if (typeof traits === 'number') {
    const location = traits & pathBit ? 'path' : traits & payloadBit ? 'payload' : 'body';
    return { location, wireName: name };
  }
  const { httpQuery, httpHeader } = traits as { httpQuery?: string; httpHeader?: string };
  if (httpQuery !== undefined) return { location: 'query', wireName: httpQuery };
  return httpHeader === undefined
    ? { location: 'body', wireName: name }
    : { location: 'header', wireName: httpHeader };
}
