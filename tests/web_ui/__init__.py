"""The page, asked as a browser asks it, on a real store filled with a made-up school."""
