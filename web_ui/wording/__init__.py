"""What the page says: rows of the store enter, whole translatable sentences leave.

Nothing in here reads the store or a form. No sentence is glued together from words.
"""
