/**
 * An error that the user can mend. It is shown without a stack: the message says what is wrong, then the next step.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}
