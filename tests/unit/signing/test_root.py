"""The Merkle tree of RFC 6962: its test vectors, proofs for every leaf, and no proof for another one."""

from hashlib import sha256

import pytest

from yteso.signing.root import proof, proves, tree_hash

# RFC 6962 test data as in google/certificate-transparency `merkle_tree_test.cc`: eight inputs, roots of the first n.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
LEAVES = [sha256(b"\0" + bytes.fromhex(text)).digest() for text in INPUTS]


@pytest.mark.parametrize(("count", "root"), ROOTS.items())
def test_the_tree_is_that_of_the_standard(count, root):
    assert tree_hash(LEAVES[:count]).hex() == root


@pytest.mark.parametrize("size", range(1, 9))
def test_each_leaf_has_a_proof_and_no_other_leaf_has_it(size):
    leaves, root = LEAVES[:size], tree_hash(LEAVES[:size])
    for at, leaf in enumerate(leaves):
        path = proof(leaves, at)
        assert proves(leaf, at, size, path, root)
        assert not proves(LEAVES[7 - at] if LEAVES[7 - at] != leaf else b"", at, size, path, root)
        assert not proves(leaf, at, size, [*path, b"\0" * 32], root)
        assert not proves(leaf, at + size, size, path, root)
