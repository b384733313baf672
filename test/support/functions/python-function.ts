import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes code to `app.py` in a folder; resolves to what a template says of a function with that code. */
export async function pythonFunction(folder: string, code: string, handler: string) {
  await mkdir(join(folder, 'code'));
  await writeFile(join(folder, 'code', 'app.py'), code);
  return {
    runtime: 'python3.13',
    handler: `app.${handler}`,
    code: join(folder, 'code'),
    memorySize: 512,
    timeout: 10,
  };
}
