/**
 * An error that the user can fix. It is shown without a stack; the message has the problem, then the next step.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}
