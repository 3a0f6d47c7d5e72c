"""What bodies look like (`Codec.sample`) -> dictionaries to pack them with. No connection.

One is for all types. A type of which there are enough bodies gets one of its own, where that packs bodies it was not
made from better than the common one, which was. It may be smaller, so that places in it take fewer bits to tell, and
its codes for characters are made for the type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import zstandard

from yteso.store.codec import LEVEL, compressor

COMMON = 0
"""Stands for all types."""
_SIZE = 112_640
_SIZES = (8_192, 16_384, 32_768, 65_536, 112_640)
_SPLITS = (0.75, 1.0)
"""Shares of the samples that zstd learns from; it chooses among its ways by the others, or by all."""
_STEPS = 16
"""How many ways it tries."""
_WORD = 8
"""Bytes of the pieces it counts."""
_ENOUGH = 100
"""Bodies of a type."""
_FEW = 40
"""Of types with a dictionary of their own, the common one learns from every fortieth body."""
_APART = 5
"""Every so manieth body is not learned from; an own dictionary is tried on them."""
_WORTH = 0.97
"""An own dictionary must make bodies at least that much smaller."""
_LARGER = 0.99
"""A larger one again, because it takes more of the processor's memory."""


def dictionaries(
    samples: Mapping[int, Sequence[bytes]], size: int = _SIZE, sizes: Sequence[int] = _SIZES
) -> dict[int, bytes]:
    """Type number -> its dictionary, COMMON first. Raises zstandard.ZstdError when there are too few samples.

    `samples`: by type, in an order that has nothing to do with what they hold. `size` is that of the common dictionary;
    of `sizes` the best is taken for a type.
    """
    everything = [one for of_type in samples.values() for one in of_type]
    common = trained(everything, size)
    own = {}
    for type, of_type in samples.items():
        if len(of_type) >= _ENOUGH and (best := _own(of_type, common, sizes)):
            own[type] = best
    rest = [one for type, of_type in samples.items() for one in of_type[:: _FEW if type in own else 1]]
    return {COMMON: trained(rest, size) if own else common, **own}


def trained(samples: Sequence[bytes], size: int) -> bytes:
    """One dictionary for all of these. Raises zstandard.ZstdError when they are too few."""
    return zstandard.train_dictionary(size, list(samples), level=LEVEL).as_bytes()


def _own(samples: Sequence[bytes], common: bytes, sizes: Sequence[int]) -> bytes | None:
    """The best of several sizes, where it is worth it."""
    learned = [one for at, one in enumerate(samples) if at % _APART]
    tried = samples[::_APART]
    best, least = None, _WORTH * _packed_size(common, tried)
    for size, split in product(sizes, _SPLITS):
        try:
            content = zstandard.train_dictionary(
                size, list(learned), d=_WORD, split_point=split, steps=_STEPS, level=LEVEL
            ).as_bytes()
        except zstandard.ZstdError:
            break
        found = _packed_size(content, tried)
        if found < least:
            best, least = content, _LARGER * found
    return best


def _packed_size(content: bytes, texts: Sequence[bytes]) -> int:
    tool = compressor(zstandard.ZstdCompressionDict(content))
    return sum(len(tool.compress(one)) for one in texts)
