"""What only Django 6.1 has: keys whose ``on_delete`` is the database's own."""
