"""One folder per format. An adapter knows no other adapter."""
