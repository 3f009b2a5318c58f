"""What the board's sampler needs: ring, grid, cell and encoder counts."""
