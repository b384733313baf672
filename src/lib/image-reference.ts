/** The distribution grammar: https://github.com/distribution/reference (`[domain/]path[:tag][@digest]`). */
const domainPart = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)';
const domain = `(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const pathPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const name = `(?:(?:${domain})/)?${pathPart}(?:/${pathPart})*`;
const tag = '[\\w][\\w.-]{0,127}';
const digest = 'sha256:[a-f0-9]{64}';
const grammar = new RegExp(`^(${name})(?::${tag})?(?:@${digest})?$`);

const longestName = 255;

/** An image's own id, `sha256:` and 64 hex digits: what an engine calls an image that may have no name. */
const imageId = new RegExp(`^${digest}$`);

/** Whether an engine or a registry can have an image of this name. */
export function isImageReference(text: string): boolean {
  if (imageId.test(text)) return true;
  const [, found] = grammar.exec(text) ?? [];
  // Engines read 64 hex digits alone as an id, and refuse them as a name.
  return found !== undefined && found.length <= longestName && !/^[a-f0-9]{64}$/.test(text);
}

/** The name without tag and digest; the text itself if it is an image id. */
export function repositoryOf(reference: string): string {
  return imageId.test(reference) ? reference : (grammar.exec(reference)?.[1] ?? reference);
}
