"""The box itself: frames come in, incidents go out.

`wire` turns bytes into sightings, `judge` turns sightings into incidents, `edge` holds everything that touches the world.
The modules beside this file only compose those three. Nothing in here imports `web_ui` or `hardware`.
"""

__version__ = "0.1.0"
