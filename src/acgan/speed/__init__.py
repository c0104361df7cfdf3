"""How long training takes on this device, and by which speed-ups it takes least."""
