"""The office's pages, one noun per module."""
