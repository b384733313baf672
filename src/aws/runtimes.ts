export type Architecture = 'x86_64' | 'arm64';
