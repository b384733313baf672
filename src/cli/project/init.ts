import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { version } from '../../settings/version';
import { packageFolder } from '../host/package-folder';
import { Problem } from '../problem';
import { projectTemplates } from './templates';

/** npm packs no `.gitignore`, so templates have it under this name. */
const renamed: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/** Writes a project into a folder, which may have other files. Writes nothing if a file of the project exists. */
export async function init(template: string, folder: string): Promise<number> {
  if (!(template in projectTemplates)) {
    throw new Problem(
      `No template ${template}. Pass one of ${Object.keys(projectTemplates).join(', ')}, e.g. npx lambdock init node.`,
    );
  }
  const target = resolve(folder);
  const source = join(packageFolder, 'templates', template);
  const values: Readonly<Record<string, string>> = { name: packageName(target), version };
  const files = await Promise.all(
    (await filesIn(source)).map(async (file) => {
      const text = await readFile(file, 'utf8');
      const name = basename(file);
      return {
        path: join(target, relative(source, dirname(file)), renamed[name] ?? name),
        text: text.replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole),
      };
    }),
  );
  const there = files.map(({ path }) => path).filter((path) => existsSync(path));
  if (there.length > 0) {
    throw new Problem(
      `Cannot make a project in ${target}: it has ${there.map((path) => relative(target, path)).join(', ')}. Pass an empty folder, e.g. npx lambdock init ${template} my-project.`,
    );
  }
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    // Fails where another program has made the file meanwhile.
    await writeFile(path, text, { flag: 'wx' });
  }
  const names = files.map(({ path }) => relative(target, path)).sort();
  process.stdout.write(
    `${names.map((each) => `created ${each}\n`).join('')}\n${nextSteps(template, folder)}`,
  );
  return 0;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A valid npm package name. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name || 'functions';
}

function nextSteps(template: string, folder: string): string {
  const isNode = existsSync(join(resolve(folder), 'package.json'));
  const steps = [
    ...(folder === '.' ? [] : [`cd ${folder}`]),
    ...(isNode ? ['npm install'] : []),
    `npx lambdock start${template === 'sam' ? ' -t template.yaml' : ''}`,
    `npx lambdock invoke hello -p '{"name":"Ada"}' --tail`,
  ];
  return `Next:\n${steps.map((step) => `  ${step}\n`).join('')}`;
}
