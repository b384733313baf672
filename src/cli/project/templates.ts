/** Templates of `lambdock init`, with a line for the help. */
export const projectTemplates: Readonly<Record<string, string>> = {
  node: 'a Node.js function',
  python: 'a Python function',
  typescript: 'a TypeScript function, bundled with esbuild',
  image: 'a function that is packaged as a container image',
  sam: 'a SAM template with a Python function',
};
