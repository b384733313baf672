import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, ModelMember>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly payload?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
}

interface ModelMember {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}

interface ServiceModel {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const file = join(__dirname, '..', '..', 'fixtures', 'service-model', 'lambda.json');

/** The inputs of Lambda's service model; `generate.cjs` beside the file writes it anew. */
export const serviceModel = JSON.parse(readFileSync(file, 'utf8')) as ServiceModel;
