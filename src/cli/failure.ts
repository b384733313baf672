import { systemProblem } from '../lib/system-problem';
import { visible } from '../lib/text/terminal-text';

/** Errors whose message says what is wrong and what to do next. */
const forUsers: ReadonlySet<string> = new Set([
  'Problem',
  'SettingsError',
  'TemplateError',
  'EngineError',
  'DatabaseError',
  'BundleError',
]);

/** What a command prints for an error: a sentence where the user can mend it, else the stack for a report. */
export function describeFailure(error: unknown): string {
  if (error instanceof Error && forUsers.has(error.name)) return `lambdock: ${visible(error.message)}\n`;
  const problem = systemProblem(error);
  if (problem !== undefined) return `lambdock: ${problem}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `lambdock: internal error (please report it): ${stack}\n`;
}
