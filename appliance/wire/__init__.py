"""Bytes to sightings, and nothing else.

Frames enter through `dissector.Dissector`, `appliance.model` sightings leave; every parser below it is a function of bytes.
In here nothing opens, sends, sleeps, logs or asks the time, and nothing knows what harm is.
Any bytes parse, wait for more, or are counted as malformed; no exception of any other kind leaves this folder.
"""
