/** A path segment, decoded; one with a malformed escape stays as it is and so names nothing that exists. */
export function decodedSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
