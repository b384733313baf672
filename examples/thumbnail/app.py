"""Makes a thumbnail of a large image and tells the facts about it.

The image is taken from the event, in one of three ways:
    {"image": "<base64>"}                              at most 6 MB of event
    {"url": "http://pictures/large.jpg"}               from a network that the function is on
    {"generate": {"width": 4000, "height": 3000}}      made here, several MB of it
With "size" (pixels), the thumbnail's longer side is another one than THUMBNAIL_SIZE says.
"""

import base64
import hashlib
import os
import shutil
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image  # from the layer layers/pillow

invocations = 0


def handler(event, context):
    global invocations
    invocations += 1
    started = time.perf_counter()
    size = int(event.get("size") or os.environ.get("THUMBNAIL_SIZE", 256))

    # /tmp outlives the invocation, so what is put there has to be taken away again.
    with TemporaryDirectory(dir="/tmp") as folder:
        original, thumbnail = Path(folder, "original"), Path(folder, "thumbnail.jpg")
        fetch(event, original)
        with Image.open(original) as image:
            facts = {"format": image.format, **measures(image, original)}
            image.thumbnail((size, size))
            image.convert("RGB").save(thumbnail, "JPEG", quality=85)
            after = {"format": "JPEG", **measures(image, thumbnail)}

    print(f"{facts['width']} x {facts['height']} pixels became {after['width']} x {after['height']}")
    return {
        "original": facts,
        "thumbnail": after,
        "durationMs": round((time.perf_counter() - started) * 1000),
        "invocations": invocations,
        "context": {
            "functionName": context.function_name,
            "functionVersion": context.function_version,
            "memoryLimitMb": int(context.memory_limit_in_mb),
            "requestId": context.aws_request_id,
            "remainingMs": context.get_remaining_time_in_millis(),
        },
        "environment": {
            name: os.environ.get(name)
            for name in ("THUMBNAIL_SIZE", "AWS_REGION", "AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT")
        },
    }


def fetch(event, path):
    if "image" in event:
        path.write_bytes(base64.b64decode(event["image"], validate=True))
    elif "url" in event:
        with urllib.request.urlopen(event["url"], timeout=10) as response, path.open("wb") as file:
            shutil.copyfileobj(response, file)
    elif "generate" in event:
        generate(event["generate"]).save(path, "JPEG", quality=90)
    else:
        raise ValueError('The event has no "image", "url" or "generate".')


def generate(wish):
    """A gradient under grain: grain does not compress, which makes the file as large as a photograph's."""
    extent = int(wish["width"]), int(wish["height"])
    gradient = Image.linear_gradient("L").resize(extent)
    return Image.merge("RGB", (gradient, Image.effect_noise(extent, 40), gradient))


def measures(image, path):
    content = path.read_bytes()
    return {
        "width": image.width,
        "height": image.height,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
