"""Administration on the desk: people, offices, added holidays. All staff read; an administrator writes (ROL-15)."""
