/**
 * Something that the user can put right. It is shown as it is, without a stack: the
 * message says what was wrong and, after it, the next step.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}
