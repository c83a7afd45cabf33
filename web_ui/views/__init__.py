"""The pages, a blueprint per noun. A view reads the store, picks the words, and fills one template; it decides nothing."""
