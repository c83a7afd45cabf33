"""A school in a lab: network namespaces with a switch, its mirror port, a gateway, and real clients.

Enters: names that people would open. Leaves: frames on the box's mirror port, and a capture of them. Forbidden: any address
outside the namespaces that the lab makes itself; every run is bounded in time and cleans up, also after one that was killed.
"""
