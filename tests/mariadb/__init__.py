"""The collector and the eraser on MariaDB, through the ORM alone."""
