import os
import site
import sys


def search_paths():
    """Puts the function's code before its layers, and both before the runtime's own packages, as Lambda does.

    A PYTHONPATH set by the function replaces the layers' places. The runtime's folder is on the path already,
    being this script's.
    """
    root = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
    places = [root]
    if "PYTHONPATH" not in os.environ:
        version = "python%d.%d" % sys.version_info[:2]
        places += ["/opt/python/lib/" + version + "/site-packages", "/opt/python"]
        # For processes that the function starts.
        os.environ["PYTHONPATH"] = os.environ.get("LAMBDA_RUNTIME_DIR", "/var/runtime")
    sys.path[:0] = places
    # Reads their .pth files; what is on the path already is not added twice.
    known = set(sys.path)
    for place in places:
        if os.path.isdir(place):
            site.addsitedir(place, known)


search_paths()

from awslambdaric.__main__ import main  # noqa: E402

main([sys.argv[0], os.environ["_HANDLER"]])
