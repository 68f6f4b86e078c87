"""How long sgkpi takes, against what an analyst would write by hand: `make bench`."""
