"""How many examples a property tries: a share of the profile's, as every example computes figures."""

from hypothesis import settings


def per_cent(share: int) -> settings:
    """Settings for so many per cent of the profile's examples (`HYPOTHESIS_PROFILE=long` tries most)."""
    return settings(max_examples=max(1, settings().max_examples * share // 100))
