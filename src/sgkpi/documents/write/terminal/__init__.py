"""Documents for a screen, laid out for its width."""
