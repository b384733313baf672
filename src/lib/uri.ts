/** Decodes a path segment. A segment with a malformed escape is returned unchanged. */
export function decodedSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
