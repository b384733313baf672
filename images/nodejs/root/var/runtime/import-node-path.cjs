'use strict';
// Makes import search the folders of NODE_PATH after the node_modules above the code, as require() does and as
// Lambda's own build of Node.js does. Loaded ahead of everything else.
const { existsSync, readFileSync } = require('node:fs');
const { registerHooks } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const folders = (process.env.NODE_PATH ?? '')
  .split(path.delimiter)
  .filter((folder) => path.isAbsolute(folder));
// A package's name, and what is asked for within it: not a path, a URL or an import of the package itself.
const bare = /^((?:@[^/\\%]+\/)?[^./\\#%@:][^/\\%:]*)(\/.*)?$/;

function manifestOf(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** Resolves a specifier as `resolve` does, and where it finds no package, in the folders of NODE_PATH. */
function resolveWith(resolve, specifier, context) {
  try {
    return resolve(specifier, context);
  } catch (error) {
    const [, name, within = ''] = bare.exec(specifier) ?? [];
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || name === undefined) throw error;
    for (const folder of folders) {
      const place = path.join(folder, name);
      if (!existsSync(place)) continue;
      const from = (file) => ({ ...context, parentURL: pathToFileURL(file).href });
      if (path.basename(folder) === 'node_modules')
        return resolve(specifier, from(path.join(folder, '..', 'x')));
      // Not a folder that Node.js looks into: the package resolves itself by its exports, or has none.
      const { name: ownName, exports } = manifestOf(place);
      if (exports !== undefined) return resolve(`${ownName}${within}`, from(path.join(place, 'x')));
      const file = within === '' ? require.resolve(place) : path.join(place, within);
      return resolve(pathToFileURL(file).href, context);
    }
    throw error;
  }
}

if (registerHooks) {
  registerHooks({
    resolve: (specifier, context, next) => resolveWith(next, specifier, context),
  });
} else {
  // Up to version 20, hooks run in a thread of their own, which takes longer than the whole start.
  const internal = require('internal/modules/esm/resolve');
  const { defaultResolve } = internal;
  internal.defaultResolve = (specifier, context) => resolveWith(defaultResolve, specifier, context);
}
