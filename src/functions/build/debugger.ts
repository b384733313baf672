import type { GeneratedLayer } from '../template/wanted';

/** Folder of the layer's files in a sandbox. */
const folder = 'lambdock-debug';

/** A wrapper script: gets the runtime's command and inserts the start script between interpreter and bootstrap. */
const wrapper = `#!/bin/sh
python=$1
shift
set -- "$python" /opt/${folder}/start.py "$@"
[ -z "$LAMBDOCK_DEBUG_INNER_WRAPPER" ] || set -- "$LAMBDOCK_DEBUG_INNER_WRAPPER" "$@"
exec "$@"
`;

/** Restores everything, so that the runtime starts as it does without a debugger. */
const start = `import os
import runpy
import sys

port = int(os.environ.pop("LAMBDOCK_DEBUG_PORT"))
wait = os.environ.pop("LAMBDOCK_DEBUG_WAIT", "") == "1"
inner = os.environ.pop("LAMBDOCK_DEBUG_INNER_WRAPPER", "")
if inner:
    os.environ["AWS_LAMBDA_EXEC_WRAPPER"] = inner
else:
    os.environ.pop("AWS_LAMBDA_EXEC_WRAPPER", None)
# The debugger warns on standard error about modules that Python has frozen; breakpoints in the function work.
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
sys.path[:0] = ["/opt/python"]
import debugpy

debugpy.listen(("127.0.0.1", port))
if wait:
    debugpy.wait_for_client()
sys.argv = sys.argv[1:]
sys.path[:2] = [os.path.dirname(sys.argv[0])]
runpy.run_path(sys.argv[0], run_name="__main__")
`;

/** Add debugpy to a Python function's sandbox. There are two, since files beside a list of packages become modules. */
export const debuggerLayers: readonly GeneratedLayer[] = [
  { kind: 'generated', name: 'debugpy', files: { 'requirements.txt': 'debugpy==1.8.17\n' } },
  {
    kind: 'generated',
    name: 'debugger',
    files: { [`${folder}/wrapper`]: wrapper, [`${folder}/start.py`]: start },
  },
];
