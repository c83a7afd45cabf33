"""The lamps, the buzzer and the button: what the box shows to a room without a screen.

The lamp's state enters from the store, levels on pins leave; the button's press goes back to the store as an acknowledgement.
Nothing in here decides what is urgent, and nothing here may stop the rest: without pins there is simply no lamp.
"""
