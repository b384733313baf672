import { systemProblem } from '../lib/system-problem';
import { visible } from '../lib/text/terminal-text';

/** Names of errors whose message is for users and has the next step. */
const forUsers: ReadonlySet<string> = new Set([
  'Problem',
  'SettingsError',
  'TemplateError',
  'EngineError',
  'DatabaseError',
  'BundleError',
]);

/** Text of an error: a sentence if the user can fix it, else the stack for a report. */
export function describeFailure(error: unknown): string {
  if (error instanceof Error && forUsers.has(error.name)) return `lambdock: ${visible(error.message)}\n`;
  const problem = systemProblem(error);
  if (problem !== undefined) return `lambdock: ${problem}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `lambdock: internal error (please report it): ${stack}\n`;
}
