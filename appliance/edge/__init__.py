"""The outside world, one module per thing, each the only importer of its library.

Frames, list files and rows come in from here; sightings, incidents and notifications go out through here.
Nothing in here decides anything: that is `judge`'s.
"""
