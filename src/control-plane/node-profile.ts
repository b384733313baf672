/**
 * Runs in a function's Node.js process, before its runtime: takes a CPU profile until the runtime asks for its first event, and prints
 * it to standard error in lines of the form `LAMBDOCK_PROFILE PART/PARTS BASE64`, which together are gzipped JSON.
 */
const script = `
import Module from 'node:module';
import { Session } from 'node:inspector';
import { writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 200 });
session.post('Profiler.start');
const load = Module._load;
let stopped = false;
const stop = () => {
  if (stopped) return;
  stopped = true;
  Module._load = load;
  session.post('Profiler.stop', (error, result) => {
    if (error) return;
    const text = gzipSync(JSON.stringify(result.profile)).toString('base64');
    const size = 50000;
    const parts = Math.ceil(text.length / size);
    for (let part = 0; part < parts; part += 1) {
      writeSync(2, 'LAMBDOCK_PROFILE ' + (part + 1) + '/' + parts + ' ' + text.slice(part * size, (part + 1) * size) + '\\n');
    }
  });
  session.disconnect();
};
Module._load = function (id, ...rest) {
  const loaded = Reflect.apply(load, this, [id, ...rest]);
  if (typeof id === 'string' && id.endsWith('rapid-client.node')) {
    const next = loaded.next;
    loaded.next = (...values) => {
      stop();
      return next(...values);
    };
  }
  return loaded;
};
`;

/** For `NODE_OPTIONS`, where spaces separate options. */
export const nodeProfileOption = `--import=data:text/javascript,${encodeURIComponent(script).replaceAll("'", '%27')}`;
