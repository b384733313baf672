const { spawnSync } = require('node:child_process');

/** Suites that run the command run what lies in `dist`, which must be what lies in `src`. */
module.exports = function built() {
  const { status, stdout } = spawnSync('npm', ['run', '-s', 'build'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
};
