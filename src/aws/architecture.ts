/** An instruction set, as the API names it. */
export type Architecture = 'x86_64' | 'arm64';
