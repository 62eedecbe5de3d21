"""What stands between the network and the page: limits, checks of host and origin, sign-in, the web API, the log.

Each module is one concern, an ASGI layer or what a layer needs; `server.py` puts them around Gradio's page.
"""
