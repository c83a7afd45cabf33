"""Sightings to incidents: who, what, how sure, how urgent.

Sightings and a compiled set of lists enter; devices, verdicts, incidents and the lamp's state leave.
In here nothing opens, sends, sleeps, logs or asks the time: time comes with the sighting, so a replay gives the same answer.
"""
