import { limits } from '../../../aws/limits';
import { sha256 } from '../../../lib/hash';

/** The name of a function without `FunctionName`: its logical id, shortened if too long, as CloudFormation does. */
export function generatedName(logicalId: string): string {
  if (logicalId.length <= limits.functionNameLength) return logicalId;
  const digest = sha256(logicalId).slice(0, 12);
  return `${logicalId.slice(0, limits.functionNameLength - digest.length - 1)}-${digest}`;
}
