"""Real captures on another road: the same packets in other wrappings, orders and pieces must give the same names."""
