"""A small host for the eraser: models whose rows are kept, anonymised, softly deleted, or refuse."""
