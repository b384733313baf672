"""The contract's programs (programs.ts), as real processes: the first argument is the program in JSON."""
import http.client
import http.server
import json
import os
import signal
import sys
import time

MEBIBYTE = 1024 * 1024


def say(text):
    # Unbuffered: a signal's handler may say something while this does.
    os.write(1, text.encode())


def stay(word="up"):
    say(word)
    while True:
        signal.pause()


def lines(count):
    for line in range(1, count + 1):
        print(f"line {line}")


def streams():
    say("out")
    os.write(2, b"err")
    os.write(62, b"log")


def crash(name):
    os.kill(os.getpid(), getattr(signal, name))


def trap():
    def bye(*_):
        say("bye")
        os._exit(7)

    signal.signal(signal.SIGTERM, bye)
    stay()


def ticker():
    while True:
        say("tick")
        time.sleep(0.005)


def grow(mebibytes):
    kept = b"x" * (mebibytes * MEBIBYTE)
    stay()
    return kept


def fill(path, mebibytes):
    try:
        with open(path, "wb") as file:
            for _ in range(mebibytes):
                file.write(b"x" * MEBIBYTE)
    except OSError as error:
        stay(os.strerror(error.errno) if error.errno != 28 else "ENOSPC")
    stay()


def size(path):
    say(str(os.path.getsize(path)) if os.path.exists(path) else "absent")


def listed(folder):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                print(name, file.read())
        else:
            print(name)


def spoil(folder):
    paths = [os.path.join(at, name) for at, folders, files in os.walk(folder) for name in folders + files]
    done = 0
    for path in [folder, *paths]:
        for attempt in (
            lambda: open(path, "a", encoding="utf-8").write("spoilt"),
            lambda: os.truncate(path, 0),
            lambda: os.chmod(path, 0o777),
            lambda: os.utime(path, (0, 0)),
            lambda: os.rename(path, path + ".moved"),
            lambda: os.link(path, "/tmp/link"),
            lambda: os.symlink("/tmp", path + ".link"),
            lambda: os.unlink(path),
            lambda: os.rmdir(path),
            lambda: open(os.path.join(path, "new"), "w", encoding="utf-8"),
            lambda: open(f"/proc/self/fd/{os.open(path, os.O_RDONLY)}", "r+", encoding="utf-8"),
        ):
            try:
                attempt()
                done += 1
            except OSError:
                pass
    say(str(done))


def post(count):
    say("asking")
    connection = http.client.HTTPConnection("127.0.0.1", 9001)
    connection.request("POST", "/echo", b"x" * count)
    answer = connection.getresponse()
    say(f"{answer.status} {len(answer.read())}")


def poll():
    say("polling")
    connection = http.client.HTTPConnection("127.0.0.1", 9001)
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    say(str(connection.getresponse().status))


def serve(port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"inside {self.path}".encode())

    server = http.server.HTTPServer(("127.0.0.1", port), Handler)
    say("up")
    server.serve_forever()


programs = {each.__name__: each for each in (lines, streams, crash, trap, ticker, grow, fill, size, spoil, post, poll, serve)}
programs |= {"exit": sys.exit, "idle": stay, "list": listed}

name, *arguments = json.loads(sys.argv[1])
programs[name](*arguments)
