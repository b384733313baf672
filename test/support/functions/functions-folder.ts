import { join } from 'node:path';

/** Path of a folder in `fixtures/functions`. */
export function functionsFolder(name: string): string {
  return join(__dirname, '..', '..', 'fixtures', 'functions', name);
}
