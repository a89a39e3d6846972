"""Flask's (Werkzeug's) send_from_directory, with octet-stream configured. Arguments: port, folder."""

import sys

from flask import Flask, send_from_directory
from werkzeug.serving import make_server

port, folder = int(sys.argv[1]), sys.argv[2]
app = Flask(__name__, static_folder=None)


@app.get("/<name>")
def recording(name):
    return send_from_directory(folder, name, mimetype="application/octet-stream", conditional=True)


make_server("127.0.0.1", port, app, threaded=True).serve_forever()
