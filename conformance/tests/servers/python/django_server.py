"""Django's FileResponse, which knows no ranges; octet-stream configured. Arguments: port, folder."""

import os
import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse
from django.urls import path

port, folder = int(sys.argv[1]), sys.argv[2]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], DEBUG=False)


def recording(request, name):
    file = open(os.path.join(folder, os.path.basename(name)), "rb")
    return FileResponse(file, content_type="application/octet-stream")


urlpatterns = [path("<str:name>", recording)]


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


make_server("127.0.0.1", port, get_wsgi_application(), server_class=Server, handler_class=Quiet).serve_forever()
