"""moto's S3, with one object for each recording. Arguments: port, folder. Writes the presigned URLs to folder/urls.json."""

import json
import os
import sys
import threading

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

port, folder = int(sys.argv[1]), sys.argv[2]
server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
server.start()
s3 = boto3.client(
    "s3",
    endpoint_url=f"http://127.0.0.1:{port}",
    region_name="us-east-1",
    config=Config(signature_version="s3v4"),
    aws_access_key_id="honest",
    aws_secret_access_key="honest",
)
s3.create_bucket(Bucket="recordings")
urls = {}
for name in os.listdir(folder):
    with open(os.path.join(folder, name), "rb") as file:
        s3.put_object(Bucket="recordings", Key=name, Body=file, ContentType="application/octet-stream")
    named = {"Bucket": "recordings", "Key": name}
    urls[name] = s3.generate_presigned_url("get_object", Params=named, ExpiresIn=3600)
partial = os.path.join(folder, ".urls.json")
with open(partial, "w") as file:
    json.dump(urls, file)
os.rename(partial, os.path.join(folder, "urls.json"))
threading.Event().wait()
