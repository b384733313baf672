const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const built = require('./built.cjs');

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium of this machine lies; undefined where there is none. */
function chromium() {
  return places.find(existsSync);
}

function install(...words) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr, error } = spawnSync('apt-get', words, { env, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(
      `Chromium could not be installed: ${error ?? stderr}. Install it: apt-get install chromium fonts-liberation`,
    );
  }
}

/** Browser suites open the page that lies in `dist`, in the Chromium of the distribution. */
module.exports = function ready() {
  built();
  if (chromium() !== undefined) return;
  install('update', '-qq');
  install('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation');
};
module.exports.chromium = chromium;
