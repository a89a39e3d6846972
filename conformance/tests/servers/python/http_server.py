"""Python's own http.server, which knows no ranges; octet-stream configured. Arguments: port, folder."""

import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Quiet(SimpleHTTPRequestHandler):
    def guess_type(self, path):
        return "application/octet-stream"

    def log_message(self, *args):
        pass


port, folder = int(sys.argv[1]), sys.argv[2]
ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Quiet, directory=folder)).serve_forever()
