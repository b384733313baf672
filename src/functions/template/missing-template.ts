import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** Says what to do if a template does not exist, depending on the files in its folder. */
export function missingTemplateHint(file: string): string {
  const folder = dirname(file);
  const start = (name: string) =>
    `npx lambdock start -t ${relative(process.cwd(), join(folder, name)) || name}`;
  const sam = ['template.yaml', 'template.yml', 'template.json', 'sam.yaml', 'sam.yml'].find(
    (name) => name !== basename(file) && existsSync(join(folder, name)),
  );
  if (sam !== undefined) return `The folder has a ${sam}. Host it with "${start(sam)}".`;
  if (existsSync(join(folder, 'cdk.json'))) {
    const stack = stackIn(join(folder, 'cdk.out'));
    return stack === undefined
      ? `The folder has a cdk.json. Run "npx cdk synth", then "${start(join('cdk.out', 'STACK.template.json'))}".`
      : `The folder has a cdk.json. Host its stack with "${start(join('cdk.out', stack))}".`;
  }
  const serverless = ['serverless.yml', 'serverless.yaml', 'serverless.ts', 'serverless.json'].find((name) =>
    existsSync(join(folder, name)),
  );
  if (serverless !== undefined) {
    const packaged = join('.serverless', 'cloudformation-template-update-stack.json');
    return `The folder has a ${serverless}. Run "npx serverless package", then "${start(packaged)}".`;
  }
  return 'Write one that names your functions, or name another file with --template.';
}

function stackIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .sort()
    .find((name) => name.endsWith('.template.json'));
}
