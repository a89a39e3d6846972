"""aiohttp's FileResponse, with octet-stream configured. Arguments: port, folder."""

import os
import sys

from aiohttp import web

port, folder = int(sys.argv[1]), sys.argv[2]


async def recording(request):
    path = os.path.join(folder, os.path.basename(request.match_info["name"]))
    return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})


app = web.Application()
app.router.add_get("/{name}", recording)
web.run_app(app, host="127.0.0.1", port=port, print=None)
