"""FastAPI's (Starlette's) FileResponse, with octet-stream configured. Arguments: port, folder."""

import os
import sys

import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse

port, folder = int(sys.argv[1]), sys.argv[2]
app = FastAPI()


@app.api_route("/{name}", methods=["GET", "HEAD"])
def recording(name: str):
    return FileResponse(os.path.join(folder, os.path.basename(name)), media_type="application/octet-stream")


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
