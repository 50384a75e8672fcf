"""A storm: seeded worlds, every fault of the protocol, kills around commits, clocks that jump, and what must hold all the same."""
