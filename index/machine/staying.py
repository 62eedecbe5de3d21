"""What keeps libraries from talking to their makers: settings that they read from the environment when they are imported.

onnxruntime 1.32 would queue events of use with a device id in the user's cache folder and look up its maker's host some 19 s
after its import; Gradio, Hugging Face's libraries, Chroma and OpenTelemetry have switches of the same kind.
"""

from __future__ import annotations

import os

SETTINGS = {
    "ORT_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "OTEL_SDK_DISABLED": "true",
    "DO_NOT_TRACK": "1",
}


def stay_on_this_machine() -> None:
    """Switch every library's own reporting off. To be called before any of them is imported."""
    os.environ.update(SETTINGS)
