/**
 * What a test throws when its body fails and disposing of what it used fails too. Node 20 has no
 * `SuppressedError`, and the compiler's stand-in for it is a global that nobody defines.
 */
globalThis._SuppressedError ??= class SuppressedError extends Error {
  constructor(error, suppressed) {
    super(`${suppressed?.stack ?? suppressed}\n\nand while it was cleaned up: ${error?.stack ?? error}`);
    this.error = error;
    this.suppressed = suppressed;
  }
};
