/** An instruction set, by its name in the API. */
export type Architecture = 'x86_64' | 'arm64';
